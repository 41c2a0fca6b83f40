// @ts-check
// The same for pages that import modules: import Mondo from '…/widget/v1/widget.mjs'.

const page = /** @type {any} */ (window);
if (!page.Mondo?.version) {
  page.Mondo ??= function () {
    (page.Mondo.q ??= []).push(arguments);
  };
  page.Mondo.from = import.meta.url;
  await import(new URL('widget.js', import.meta.url).href);
}

export default page.Mondo;
