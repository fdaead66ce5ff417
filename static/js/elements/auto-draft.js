/*
 * Keeps what is typed in the fields inside, on this device, and brings it back after a failure.
 * key: which draft this is. version: any text that changes once the server has accepted what was written; a draft of an
 * older version was sent and is dropped. A field that the server has filled in is left alone.
 */
import { phrase } from "phrases";

const MONTH = 30 * 24 * 3_600_000;
const FIELDS = "textarea, input[type=text], input:not([type])";

class AutoDraft extends HTMLElement {
  connectedCallback() {
    this.note = this.appendChild(document.createElement("p"));
    this.note.className = "draft-note";
    this.note.setAttribute("role", "status");
    this.restore();
    this.addEventListener("input", () => this.wait());
    this.addEventListener("htmx:afterRequest", (event) => event.detail.successful && event.detail.requestConfig.verb === "post" && this.drop());
  }

  get slotName() {
    return `draft:${this.getAttribute("key")}`;
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 400);
  }

  keep() {
    const values = Object.fromEntries([...this.querySelectorAll(FIELDS)].map((field) => [field.name, field.value]));
    if (!Object.values(values).some(Boolean)) return this.drop();
    localStorage.setItem(this.slotName, JSON.stringify({ values, version: this.getAttribute("version"), at: Date.now() }));
    this.say(phrase("draft_kept"));
  }

  restore() {
    const draft = JSON.parse(localStorage.getItem(this.slotName) ?? "null");
    if (!draft) return;
    if (draft.version !== this.getAttribute("version") || Date.now() - draft.at > MONTH) return this.drop();
    const empty = [...this.querySelectorAll(FIELDS)].filter((field) => !field.value && draft.values[field.name]);
    empty.forEach((field) => { field.value = draft.values[field.name]; });
    if (empty.length) this.say(phrase("draft_back"), this.startOver(empty));
  }

  startOver(fields) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = phrase("draft_drop");
    button.addEventListener("click", () => {
      fields.forEach((field) => { field.value = ""; });
      this.drop();
      fields[0].focus();
    });
    return button;
  }

  drop() {
    clearTimeout(this.timer);
    localStorage.removeItem(this.slotName);
    this.note.replaceChildren();
  }

  say(words, ...more) {
    this.note.replaceChildren(words, ...more);
  }
}

customElements.define("auto-draft", AutoDraft);
