// The pages of a document, one below the other. Only those near the view are drawn.

const NEAR = "150% 0px";
const MOST_PIXELS = 2 ** 24; // of one page; some browsers draw nothing beyond
const SETTLE_MILLISECONDS = 150;

export class Sheets {
  #library;
  #document;
  #box;
  #drawn;
  #near = new Set();
  #settling = 0;
  zoom = 1;

  /** `drawn` is called with each sheet that has been drawn, and the parts of its text. */
  constructor({ library, document, box, label, drawn }) {
    this.#library = library;
    this.#document = document;
    this.#box = box;
    this.#drawn = drawn;
    this.all = Array.from({ length: document.numPages }, (_, index) => blank(index + 1, label));
    box.replaceChildren(...this.all);
  }

  /** Lay all pages out as large as this one, until they are known, and draw what comes near. */
  async begin(number) {
    const page = await this.#document.getPage(number);
    for (const sheet of this.all) setSize(sheet, page);
    const observer = new IntersectionObserver((entries) => this.#notice(entries), { root: this.#box, rootMargin: NEAR });
    return () => this.all.forEach((sheet) => observer.observe(sheet));
  }

  /** The page in the middle of the view. */
  get current() {
    const line = this.#box.scrollTop + this.#box.clientHeight / 2;
    return this.all.findLast((sheet) => sheet.offsetTop <= line) ?? this.all[0];
  }

  goTo(number) {
    const sheet = this.all[Math.min(Math.max(number, 1), this.all.length) - 1];
    this.#box.scrollTop = sheet.offsetTop - parseFloat(getComputedStyle(this.#box).paddingBlockStart);
    return sheet;
  }

  /** The zoom at which a page is as wide as the view. */
  get zoomToWidth() {
    const style = getComputedStyle(this.#box);
    const room = this.#box.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
    return room / this.current.points.width;
  }

  /** Change the size of all pages; what is in view stays there. */
  setZoom(zoom) {
    const sheet = this.current;
    const share = (this.#box.scrollTop - sheet.offsetTop) / (sheet.offsetHeight || 1);
    this.zoom = zoom;
    this.#box.style.setProperty("--zoom", zoom);
    this.#box.scrollTop = sheet.offsetTop + share * sheet.offsetHeight;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#near.forEach((near) => this.#draw(near)), SETTLE_MILLISECONDS);
  }

  #notice(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        this.#near.add(target);
        this.#draw(target);
      } else if (this.#near.delete(target)) {
        empty(target);
      }
    }
  }

  async #draw(sheet) {
    const page = await this.#document.getPage(sheet.number);
    setSize(sheet, page);
    const ratio = this.#pixelRatio(sheet);
    if (!this.#near.has(sheet) || sheet.drawnAt === ratio * this.zoom) return;
    sheet.drawnAt = ratio * this.zoom;
    await Promise.all([this.#drawPicture(sheet, page, sheet.drawnAt), sheet.text ?? this.#drawText(sheet, page)]).catch(ignoreCancelling);
  }

  #pixelRatio({ points }) {
    const area = points.width * points.height * this.zoom ** 2;
    return Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / area));
  }

  async #drawPicture(sheet, page, scale) {
    sheet.task?.cancel();
    const viewport = page.getViewport({ scale });
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    sheet.task = page.render({ canvas, viewport });
    await sheet.task.promise;
    sheet.querySelector("canvas")?.remove();
    sheet.prepend(canvas);
  }

  async #drawText(sheet, page) {
    const container = document.createElement("div");
    container.className = "text-layer";
    const layer = new this.#library.TextLayer({
      textContentSource: page.streamTextContent(),
      container,
      viewport: page.getViewport({ scale: this.zoom }),
    });
    sheet.text = layer;
    await layer.render();
    sheet.append(container);
    this.#drawn(sheet, layer.textDivs);
  }
}

function blank(number, label) {
  const sheet = document.createElement("div");
  sheet.className = "sheet";
  sheet.number = number;
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", label.replace("#", number));
  return sheet;
}

/** In points: the zoom turns them into pixels. */
function setSize(sheet, page) {
  const { width, height } = page.getViewport({ scale: 1 });
  sheet.points = { width, height };
  sheet.style.setProperty("--width", width);
  sheet.style.setProperty("--height", height);
  sheet.style.setProperty("--unit", page.userUnit);
}

function empty(sheet) {
  sheet.task?.cancel();
  sheet.text?.cancel();
  sheet.replaceChildren();
  sheet.task = sheet.text = sheet.drawnAt = undefined;
}

function ignoreCancelling(error) {
  if (!["RenderingCancelledException", "AbortException"].includes(error.name)) throw error;
}
