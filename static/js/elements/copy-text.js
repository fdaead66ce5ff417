/* A button that copies what stands in the field named by "from", and says so. Hidden where a script may not copy: the field can be selected. */
const SAID_FOR_MS = 4000;

class CopyText extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.words = this.button.textContent;
    this.button.addEventListener("click", () => this.copy());
    this.hidden = !navigator.clipboard;
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async copy() {
    const field = document.getElementById(this.getAttribute("from"));
    try {
      await navigator.clipboard.writeText(field.value);
      this.tell(this.getAttribute("done"));
    } catch {
      field.select();
    }
  }

  tell(done) {
    clearTimeout(this.timer);
    this.button.textContent = done;
    this.querySelector("[role=status]").textContent = done;
    this.timer = setTimeout(() => {
      this.button.textContent = this.words;
      this.querySelector("[role=status]").textContent = "";
    }, SAID_FOR_MS);
  }
}

customElements.define("copy-text", CopyText);
