/* Says who writes in a stream, and tells the others that I do: what is typed in the element around it counts. stream: which one. */
import { typing } from "live";
import { phrase } from "phrases";

const SAY_AGAIN = 3_000;
const FADES = 6_000;

class TypingNote extends HTMLElement {
  connectedCallback() {
    this.hidden = true;
    this.said = -SAY_AGAIN;
    this.parentElement.addEventListener("input", () => this.tell());
    this.hear = ({ detail }) => detail.stream === this.getAttribute("stream") && this.show(detail.name);
    document.addEventListener("live:typing", this.hear);
  }

  disconnectedCallback() {
    document.removeEventListener("live:typing", this.hear);
  }

  tell() {
    if (performance.now() - this.said < SAY_AGAIN) return;
    this.said = performance.now();
    typing(this.getAttribute("stream"));
  }

  show(name) {
    this.textContent = phrase("writing", { name });
    this.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.hidden = true; }, FADES);
  }
}

customElements.define("typing-note", TypingNote);
