/*
 * Keeps what is typed inside on this device, until the server has accepted it. key: whose draft of which form.
 * Fields that the page left empty are filled again at once; where it holds something else, as when a text is changed, the
 * draft is offered. Passwords and files are never kept.
 */
import { drop, find, keep, settle } from "drafts";
import { phrase } from "phrases";

const TYPED = "textarea, select:not([multiple]), input:not([type=hidden], [type=password], [type=file], [type=submit])";
const SOON = 400;

class AutoDraft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form") ?? this.closest("form");
    this.key = this.getAttribute("key");
    this.note = this.place("append", "draft-note");
    settle();
    this.asServed = this.typed();
    this.restore();
    this.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.keep(), SOON); });
    this.form.addEventListener("submit", () => this.send());
    this.addEventListener("htmx:afterRequest", () => this.settle());
    addEventListener("pagehide", () => this.timer && this.keep());
  }

  typed() {
    const values = {};
    for (const field of this.querySelectorAll(TYPED)) {
      const isOff = field.matches("[type=radio], [type=checkbox]") && !field.checked;
      (values[field.name] ??= []).push(...(isOff ? [] : [field.value]));
    }
    return values;
  }

  fill(values) {
    const taken = {};
    for (const field of this.querySelectorAll(TYPED)) {
      const wanted = values[field.name];
      if (!wanted) continue;
      if (field.matches("[type=radio], [type=checkbox]")) field.checked = wanted.includes(field.value);
      else field.value = wanted[(taken[field.name] = (taken[field.name] ?? -1) + 1)] ?? "";
    }
  }

  keep(more = {}) {
    clearTimeout(this.timer);
    this.timer = 0;
    const values = this.typed();
    if (same(values, this.asServed) && !more.sent) return this.forget();
    this.name ??= find(this.key)?.id ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
    try {
      keep(this.key, { id: this.name, values, ...more });
      this.say(phrase("draft_kept"));
    } catch (refusal) {
      if (refusal.name !== "QuotaExceededError") throw refusal;
      this.say(phrase("draft_no_room"));
    }
  }

  send() {
    this.keep({ sent: Date.now() });
    this.form.elements.draft?.remove();
    this.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: this.name }));
  }

  settle() {
    settle();
    if (!find(this.key)) this.forget();
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
    this.fill(draft.values);
    this.offer.replaceChildren(phrase("draft_back"), this.button("draft_drop", () => { this.fill(this.asServed); this.forget(); }));
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

  say(words) {
    this.note.replaceChildren(words);
  }
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

customElements.define("auto-draft", AutoDraft);
