/* Shows short messages: from scripts (event "toast") and from the server (HX-Trigger: {"toast": {"text": …, "level": …}}). */
import { phrase } from "phrases";

const STAY = 6_000;

class ToastList extends HTMLElement {
  connectedCallback() {
    document.addEventListener("toast", (event) => this.show(event.detail));
  }

  show({ text, level = "info" }) {
    const toast = document.createElement("div");
    toast.className = `toast toast-${level}`;
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "✕";
    close.setAttribute("aria-label", phrase("dismiss"));
    close.addEventListener("click", () => toast.remove());
    toast.append(words, close);
    this.append(toast);
    if (level !== "error") this.leaveLater(toast);
  }

  leaveLater(toast) {
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, STAY) : toast.remove());
    setTimeout(leave, STAY);
  }
}

customElements.define("toast-list", ToastList);
