// Runs before the first paint: takes the chosen theme, shows the outline of the page that was asked for, and asks the API
// the page's first questions while the shop is still on its way. The outline shows what is answered; the shop takes the
// answers over (src/api/early.rs), so nothing is asked twice.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("alder.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {} // Storage is blocked: the system's theme it is.

  const questions = {};
  const waiting = [];
  // The outline is parsed after this script has run.
  const parsed = new Promise((done) => document.addEventListener("readystatechange", done, { once: true }));
  const inOutline = (selector) => document.querySelector(`#outline > .outline-${root.dataset.outline} ${selector}`);

  const ask = (address, show) => {
    const question = { text: null };
    question.answer = fetch(address, { headers: { Accept: "application/json" }, cache: "no-cache" })
      .then((answer) => (answer.ok ? answer.text() : null))
      .catch(() => null);
    const shown = question.answer.then(async (text) => {
      question.text = text;
      await parsed;
      // The shop may be faster, and the outline gone.
      if (text && show && inOutline("*")) await show(JSON.parse(text));
    });
    if (show) waiting.push(shown);
    questions[address] = question;
  };

  const showPicture = async (image, source) => {
    if (!source) return;
    image.src = source;
    image.hidden = false;
    image.parentElement.classList.remove("skeleton");
    await image.decode();
  };
  const showName = (element, words) => {
    element.textContent = words;
    element.classList.remove("skeleton", "skeleton-line", "skeleton-title");
  };
  const showList = (answer) => {
    const products = answer.products ?? answer.data;
    const cards = [...inOutline("ul").children].map((card, index) => {
      const product = products[index];
      if (!product) return card.remove();
      card.querySelector("a").href = "/products/" + product.slug;
      showName(card.querySelector(".product-card-name"), product.name);
      return showPicture(card.querySelector("img"), product.imageUrl);
    });
    return Promise.all(cards);
  };
  const showProduct = ({ data }) => {
    showName(inOutline("h1"), data.name);
    return showPicture(inOutline("img"), data.imageUrl);
  };

  const [, area, of, more] = location.pathname.split("/");
  const query = new URLSearchParams(location.search);
  const isNamed = /^[a-z0-9-]+$/.test(of ?? "") && more === undefined;
  const catalog = "/api/catalog/";
  let outline = "other";
  if (location.pathname === "/") {
    outline = "home";
    waiting.push(parsed.then(() => showPicture(inOutline("img"), "/images/hero.svg")));
    ask(catalog + "products?limit=8&featured=true");
    ask(catalog + "products?limit=4");
    ask(catalog + "categories");
  } else if (area === "products" && !of) {
    outline = "list";
    const q = query.get("q") ?? "";
    // Every other address of a list is asked for by the shop alone, which knows how to read filters.
    if (query.size === 0) ask(catalog + "products?limit=12", showList);
    else if (query.size === 1 && /^\w+( \w+)*$/.test(q) && q.length <= 60) {
      ask(`/api/search?q=${encodeURIComponent(q)}&type=products&limit=12`, showList);
      parsed.then(() => {
        inOutline("h1").textContent = `Results for “${q}”`;
        inOutline(".outline-bar").classList.add("outline-bar-searched");
      });
    }
    ask(catalog + "categories");
  } else if (area === "products" && isNamed) {
    outline = "product";
    ask(catalog + "products/" + of, showProduct);
  } else if (area === "categories" && !of) {
    ask(catalog + "categories");
  } else if (area === "categories" && isNamed) {
    ask(catalog + "categories/" + of);
    if (query.size === 0) ask(catalog + "products?limit=12&category=" + of);
    ask(catalog + "categories");
  } else if (area === "cart" || area === "checkout") {
    outline = area;
  }
  root.dataset.outline = outline;

  // Two frames: the first callback runs before what is shown has been painted.
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  // What fails leaves its placeholder.
  window.early = { questions, shown: parsed.then(() => Promise.allSettled(waiting)).then(painted) };
})();
