/*
 * Keeps what is typed inside on this device, until the server has accepted it. key: whose draft of which form.
 * Fields that the page left empty are filled again at once; where it holds something else, as when a text is changed, the
 * draft is offered. Passwords and files are never kept.
 */
import { drop, find, keep, nameOf, settle } from "drafts";
import { fill, same, typed } from "fields";
import { phrase } from "phrases";

const SOON = 400;

class AutoDraft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form") ?? this.closest("form");
    this.key = this.getAttribute("key");
    this.note = this.place("append", "draft-note");
    settle();
    this.asServed = typed(this);
    this.restore();
    this.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.keep(), SOON); });
    this.form.addEventListener("submit", () => this.send());
    this.addEventListener("htmx:afterRequest", () => { settle(); if (!find(this.key)) this.forget(); });
    addEventListener("pagehide", () => this.timer && this.keep());
  }

  keep(more = {}) {
    clearTimeout(this.timer);
    this.timer = 0;
    const values = typed(this);
    if (same(values, this.asServed) && !more.sent) return this.forget();
    this.name ??= nameOf(this.key);
    this.note.textContent = phrase(keep(this.key, { id: this.name, values, ...more }) ? "draft_kept" : "draft_no_room");
  }

  send() {
    this.keep({ sent: Date.now() });
    this.form.elements.draft?.remove();
    this.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: this.name }));
  }

  restore() {
    const draft = find(this.key);
    if (!draft) return;
    const lost = Object.keys(draft.values).filter((name) => name in this.asServed && !same(draft.values[name], this.asServed[name]));
    if (!lost.length) return;
    this.offer = this.place("prepend", "notice notice-info draft-offer");
    if (lost.every((name) => !this.asServed[name].some(Boolean))) return this.bringBack(draft);
    this.offer.append(phrase("draft_waiting"), this.button("draft_use", () => this.bringBack(draft)), this.button("draft_drop", () => this.forget()));
  }

  bringBack(draft) {
    fill(this, draft.values);
    this.offer.replaceChildren(phrase("draft_back"), this.button("draft_drop", () => { fill(this, this.asServed); this.forget(); }));
  }

  forget() {
    drop(this.key);
    this.offer?.remove();
    this.note.replaceChildren();
  }

  button(words, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: phrase(words) });
    button.addEventListener("click", act);
    return button;
  }

  place(where, looks) {
    const place = Object.assign(document.createElement("p"), { className: looks });
    place.setAttribute("role", "status");
    this[where](place);
    return place;
  }
}

customElements.define("auto-draft", AutoDraft);
