/* Finds a choice among many: shows those that have the words, and opens the folds in which they are. */
class ChoiceSearch extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input[type=search]");
    this.box.addEventListener("input", () => this.narrow(this.box.value.trim().toLowerCase()));
    // Enter would send the form before anything is chosen.
    this.box.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && event.preventDefault());
  }

  narrow(words) {
    const folds = [...this.querySelectorAll(".branch")];
    const cards = [...this.querySelectorAll(".choice-card")];
    for (const card of cards) {
      const branch = card.closest(".branch")?.querySelector("summary span").textContent ?? "";
      card.hidden = !`${card.textContent} ${branch}`.toLowerCase().includes(words);
    }
    for (const fold of folds) {
      fold.hidden = !fold.querySelector(".choice-card:not([hidden])");
      fold.open = words ? !fold.hidden : Boolean(fold.querySelector(":checked"));
    }
    this.querySelector("[role=status]").hidden = cards.some((card) => !card.hidden);
  }
}

customElements.define("choice-search", ChoiceSearch);
