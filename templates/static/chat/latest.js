// A button that leads to the end of the conversation, as long as that is far below.

const button = document.querySelector("#latest");
const end = document.querySelector("#end");

if (button) {
  new IntersectionObserver(([entry]) => {
    button.hidden = entry.isIntersecting || entry.boundingClientRect.top < 0;
  }, { rootMargin: "0px 0px 25% 0px" }).observe(end);
  button.addEventListener("click", () => {
    end.scrollIntoView({ block: "end" });
    document.querySelector("#composer")?.elements.message.focus({ preventScroll: true });
  });
}
