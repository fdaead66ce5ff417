/* Says how much of a deadline is left, once a second; without it the deadline itself stands there. */
class CountDown extends HTMLElement {
  connectedCallback() {
    this.until = Date.parse(this.getAttribute("until"));
    this.timer = setInterval(() => this.update(), 1000);
    this.update();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  update() {
    const left = Math.max(0, Math.floor((this.until - Date.now()) / 1000));
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    this.textContent = parts.map((part) => String(part).padStart(2, "0")).join(":");
    if (left > 0) return;
    clearInterval(this.timer);
    location.reload();
  }
}

customElements.define("count-down", CountDown);
