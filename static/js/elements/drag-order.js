/*
 * Lets rows with data-lesson be dragged by their handle, between lists with data-section around them, by mouse, finger or pen,
 * and sends the whole new order. Those who do not drag have the arrows in each row, which need no script.
 */
import { phrase } from "phrases";
import { toast } from "site";

class DragOrder extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.take(event));
  }

  take(event) {
    const handle = event.target.closest(".handle");
    if (!handle || event.button) return;
    event.preventDefault();
    this.row = handle.closest("[data-lesson]");
    this.before = this.order();
    this.row.classList.add("is-dragged");
    const move = (moved) => this.place(moved.clientX, moved.clientY);
    const drop = () => {
      document.removeEventListener("pointermove", move);
      this.row.classList.remove("is-dragged");
      if (this.order() !== this.before) this.send();
    };
    document.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, drop, { once: true });
  }

  place(x, y) {
    const below = document.elementFromPoint(x, y)?.closest("[data-lesson], [data-section]");
    if (!below || below === this.row || !this.contains(below)) return;
    if (!below.dataset.lesson) return below.contains(this.row) ? undefined : below.querySelector("ol").append(this.row);
    const box = below.getBoundingClientRect();
    below[y < box.top + box.height / 2 ? "before" : "after"](this.row);
  }

  order() {
    const lessons = (section) => [...section.querySelectorAll("[data-lesson]")].map((row) => row.dataset.lesson);
    const sections = [...this.querySelectorAll("[data-section]")].filter((section) => lessons(section).length);
    return sections.map((section) => `${section.dataset.section}:${lessons(section).join(",")}`).join(";");
  }

  async send() {
    const form = this.querySelector("form");
    const body = new FormData(form);
    body.set("order", this.order());
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    if (answer?.ok) toast(phrase("arranged"), "success");
    else location.reload();
  }
}

customElements.define("drag-order", DragOrder);
