/* Shows the chosen picture and lets its square be chosen by three sliders; without it the server takes the middle. */
class FaceCrop extends HTMLElement {
  connectedCallback() {
    this.file = this.querySelector("[type=file]");
    this.canvas = this.querySelector("canvas");
    this.sliders = this.querySelector("fieldset");
    this.file.addEventListener("change", () => this.open());
    this.sliders.addEventListener("input", () => this.draw());
  }

  async open() {
    const [file] = this.file.files;
    this.picture = file && (await createImageBitmap(file).catch(() => null));
    // What the browser cannot read, the server judges: it says what is wrong with it.
    this.sliders.hidden = !this.picture;
    if (this.picture) this.draw();
  }

  draw() {
    const { width, height } = this.picture;
    const share = (name) => this.sliders.querySelector(`[data-part=${name}]`).value / 100;
    const side = Math.min(width, height) * share("size");
    const left = (width - side) * share("across");
    const top = (height - side) * share("down");
    this.canvas.getContext("2d").drawImage(this.picture, left, top, side, side, 0, 0, this.canvas.width, this.canvas.height);
    this.querySelector("[name=left]").value = left / width;
    this.querySelector("[name=top]").value = top / height;
    this.querySelector("[name=side]").value = side / width;
  }
}

customElements.define("face-crop", FaceCrop);
