/* What opens over the page takes the focus and keeps it until it closes; the browser then gives it back to what had opened it. */
class FocusInside extends HTMLElement {
  connectedCallback() {
    this.around = this.parentElement;
    this.around.addEventListener("toggle", (event) => { if (event.newState === "open") this.enter(); });
    this.around.addEventListener("keydown", (event) => { if (event.key === "Tab") this.turn(event); });
  }

  targets() {
    return [...this.around.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((one) => !one.disabled && one.checkVisibility());
  }

  enter() {
    if (this.around.contains(document.activeElement)) return;
    (this.around.querySelector("[aria-current]") ?? this.targets()[0])?.focus({ preventScroll: true });
  }

  /* Where it stands beside the text, as on a wide screen, one walks past it. */
  turn(event) {
    if (!this.around.matches(":popover-open")) return;
    const all = this.targets(), [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }
}

customElements.define("focus-inside", FocusInside);
