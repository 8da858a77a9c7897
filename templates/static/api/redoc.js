// ReDoc signs its menu with a logo from another host. Nothing comes from elsewhere here: an image that
// cannot be shown takes its place, so that ReDoc leaves it out and its words stay.
const LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg";

HTMLImageElement.prototype.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, value === LOGO ? "data:," : value);
};

Object.defineProperty(HTMLImageElement.prototype, "src", {
  get() {
    return this.getAttribute("src");
  },
  set(address) {
    this.setAttribute("src", address);
  },
});
