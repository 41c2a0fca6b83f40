// What somebody presses before the modules of a page are there is done as soon as they are.
// A classic script, since those run before there is anything to press.

{
  /** @type {(() => void)[]} */
  const held = [];

  /** @param {Event} event */
  const hold = (event) => {
    const { target } = event;
    if (event instanceof SubmitEvent && target instanceof HTMLFormElement && target.method === 'post') {
      const { submitter } = event;
      held.push(() => target.requestSubmit(submitter));
    } else if (event instanceof MouseEvent && target instanceof Element) {
      const button = target.closest('button');
      if (button?.type !== 'button') return;
      held.push(() => button.click());
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  for (const kind of ['submit', 'click']) document.addEventListener(kind, hold, true);
  // The event comes after the modules have run (HTML standard, "the end" of parsing).
  document.addEventListener('DOMContentLoaded', () => {
    for (const kind of ['submit', 'click']) document.removeEventListener(kind, hold, true);
    for (const act of held) act();
  });
}
