/* Makes a <details> menu close on Escape, on a click elsewhere and when focus leaves; arrow keys walk through it. */
class MenuButton extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.elsewhere = (event) => { if (!this.contains(event.target)) this.details.open = false; };
    document.addEventListener("click", this.elsewhere);
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(event.relatedTarget)) this.details.open = false;
    });
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.elsewhere);
  }

  press(event) {
    if (event.key === "Escape" && this.details.open) {
      this.details.open = false;
      this.querySelector("summary").focus();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.details.open = true;
      this.walk(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  walk(step) {
    const items = [...this.querySelectorAll(".menu-panel :is(a, button)")];
    const here = items.indexOf(document.activeElement);
    const next = here < 0 && step < 0 ? items.length - 1 : (here + step + items.length) % items.length;
    items[next]?.focus();
  }
}

customElements.define("menu-button", MenuButton);
