/*
 * Gives a post that arrives live the acts of this viewer: what everyone gets has none. They stand in the page as a template for
 * my own posts and one for others', in whose addresses the post is called 0; a post that is replaced keeps the acts it had.
 */
class PostActs extends HTMLElement {
  connectedCallback() {
    this.observer = new MutationObserver((records) => records.forEach((record) => this.take(record)));
    this.observer.observe(document.getElementById("main"), { childList: true, subtree: true });
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  take({ addedNodes, removedNodes }) {
    for (const post of [...addedNodes].filter((node) => node.matches?.(".post.arrived"))) {
      const before = [...removedNodes].find((node) => node.id === post.id);
      const acts = before ? before.querySelector(".acts") : this.make(post);
      const votes = post.querySelector(".vote .num").textContent;
      post.querySelector(".acts").replaceChildren(...acts.childNodes);
      post.querySelector(".vote .num").textContent = votes;
      if (post.matches(".post-best")) post.querySelector("[formaction$='/accept/']")?.remove();
    }
  }

  make(post) {
    const isMine = post.querySelector("header a")?.getAttribute("href") === this.getAttribute("viewer");
    const acts = document.createElement("div");
    acts.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    acts.append(this.querySelector(`[data-whose=${isMine ? "own" : "other"}]`).content.cloneNode(true));
    for (const act of acts.querySelectorAll("[formaction], a[href]")) {
      const name = act.hasAttribute("formaction") ? "formaction" : "href";
      act.setAttribute(name, act.getAttribute(name).replace("/posts/0/", `/posts/${post.id.slice("post-".length)}/`));
    }
    return acts;
  }
}

customElements.define("post-acts", PostActs);
