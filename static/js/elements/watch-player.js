/*
 * Around a <video> or <audio>: goes on where one stopped, reports which seconds were played, and fetches a fresh link when
 * the one it plays from has grown too old. The server adds the reports up; one that is lost costs nothing but its seconds.
 */
const EVERY = 15_000, STEP = 2;

class WatchPlayer extends HTMLElement {
  connectedCallback() {
    this.media = this.querySelector("video, audio");
    this.form = this.querySelector("form");
    this.address = this.media.getAttribute("src").split("#")[0];
    this.spans = [];
    this.media.preload = "metadata";
    this.media.addEventListener("timeupdate", () => this.tick());
    this.media.addEventListener("seeking", () => { this.last = undefined; });
    this.media.addEventListener("error", () => this.refresh());
    for (const name of ["pause", "ended"]) this.media.addEventListener(name, () => this.report());
    this.away = () => document.visibilityState === "hidden" && this.report();
    document.addEventListener("visibilitychange", this.away);
    this.timer = setInterval(() => this.report(), EVERY);
    this.cues();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.away);
    this.report();
  }

  tick() {
    const now = this.media.currentTime, before = this.last;
    this.last = now;
    this.played ||= now > 0;
    if (before === undefined || now <= before || now - before > STEP * this.media.playbackRate) return;
    const open = this.spans.at(-1);
    if (open && Math.abs(open[1] - before) < 0.01) open[1] = now;
    else this.spans.push([before, now]);
  }

  async report() {
    if (!this.form || !this.spans.length) return;
    const spans = this.spans.splice(0, 100).map(([start, end]) => `${Math.floor(start)}-${Math.ceil(end)}`);
    const body = new FormData(this.form);
    body.set("spans", spans.join(","));
    body.set("position", this.media.ended ? 0 : Math.floor(this.media.currentTime));
    const answer = await fetch(this.form.action, { method: "POST", body, keepalive: true }).catch(() => null);
    if (answer?.ok) this.show(await answer.json());
  }

  show({ percent, is_done: isDone }) {
    const line = this.querySelector("[data-heard]");
    line.hidden = false;
    line.querySelector("b").textContent = percent;
    if (isDone) document.querySelector(".read-end [data-done]")?.removeAttribute("hidden");
  }

  refresh() {
    // Links live for minutes: the same address leads to a new one, unless it has just been tried.
    if (!this.played || Date.now() - (this.tried ?? 0) < EVERY) return;
    this.tried = Date.now();
    this.media.src = `${this.address}#t=${Math.floor(this.last ?? 0)}`;
    this.media.play();
  }

  cues() {
    for (const mark of document.querySelectorAll(".transcript [data-at]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link num";
      button.textContent = mark.textContent;
      button.addEventListener("click", () => { this.media.currentTime = mark.dataset.at; this.media.play(); });
      mark.replaceChildren(button);
    }
  }
}

customElements.define("watch-player", WatchPlayer);
