/* "/" moves into the search box, unless one is writing somewhere; Escape leaves it. */
class SearchKey extends HTMLElement {
  connectedCallback() {
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listen);
  }

  press(event) {
    const box = this.querySelector("input");
    const isWriting = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && event.target === box) box.blur();
    if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    box.focus();
    box.select();
  }
}

customElements.define("search-key", SearchKey);
