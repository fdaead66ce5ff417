/* Keeps "3 h ago" true while the page stays open; follows the same steps as core.ui.formats.since. */
import { phrase } from "phrases";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const shown = new Set();

function since(moment, now) {
  const passed = now - moment;
  if (passed < MINUTE) return phrase("now");
  if (passed < HOUR) return phrase("minutes", { number: Math.floor(passed / MINUTE) });
  if (passed < DAY) return phrase("hours", { number: Math.floor(passed / HOUR) });
  const days = Math.floor(passed / DAY);
  if (days < 7) return phrase(days === 1 ? "day" : "days", { number: days });
  return null;
}

class RelativeTime extends HTMLElement {
  connectedCallback() {
    shown.add(this);
    this.update(Date.now());
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  update(now) {
    const time = this.querySelector("time");
    const words = time && (since(Date.parse(time.dateTime), now) ?? time.title);
    if (words && time.textContent !== words) time.textContent = words;
  }
}

customElements.define("relative-time", RelativeTime);
setInterval(() => shown.forEach((element) => element.update(Date.now())), MINUTE / 2);
