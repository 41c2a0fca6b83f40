// @ts-check
// What fingers, keys and files do: every listener of the panel, and how to take them off again.

/** @param {import('./chat.js').Chat} chat @returns {() => void} lets go of what reaches beyond the panel */
export function wire(chat) {
  const { frame } = chat;
  const online = () => chat.outbox.flush();
  /** A keyboard on the screen leaves less to see. */
  const fit = () => frame.panel.style.setProperty('--visible-height', `${Math.round(globalThis.visualViewport?.height ?? innerHeight)}px`);
  const send = () => {
    const typed = frame.text.value.trim();
    const attachments = chat.files.map(({ id }) => id);
    if (!typed && attachments.length === 0) return;
    if (!typed && !chat.isWithPeople()) {
      chat.trouble = chat.words.widget.fileNeedsText;
      chat.render();
      frame.text.focus();
      return;
    }
    frame.text.value = '';
    frame.fitText();
    const shown = [typed, ...chat.files.map(({ name }) => name)].filter(Boolean).join('\n');
    chat.dropFiles();
    chat.say({ ...(typed ? { text: typed } : {}), ...(attachments.length ? { attachments } : {}) }, shown);
  };
  frame.send.onclick = send;
  frame.text.addEventListener('keydown', (event) => {
    // Enter that ends a composition (Chinese, Japanese, Korean) must not send half a word; Safari tells by 229 alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });
  frame.text.addEventListener('input', () => {
    frame.fitText();
    chat.live.tellWriting();
  });
  frame.panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) chat.close();
  });
  /** @param {FileList | undefined | null} files */
  const take = (files) => {
    // Read before waiting: a browser empties the list of an event that is over.
    const all = [...(files ?? [])];
    if (all.length > 0) import('./files.js').then(({ addFiles }) => addFiles(chat, all));
    return all.length > 0;
  };
  for (const picker of [frame.picker, frame.camera]) {
    picker.onchange = () => {
      take(picker.files);
      picker.value = '';
    };
  }
  frame.attach.onclick = () => frame.picker.click();
  frame.snap.onclick = () => frame.camera.click();
  frame.panel.addEventListener('paste', (event) => {
    if (take(event.clipboardData?.files)) event.preventDefault();
  });
  frame.panel.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  frame.panel.addEventListener('drop', (event) => {
    if (take(event.dataTransfer?.files)) event.preventDefault();
  });
  frame.person.onclick = () => chat.askForPerson();
  frame.talks.onclick = async () => (await import('./talks.js')).showTalks(chat);
  frame.close.onclick = () => chat.close();
  frame.language.onchange = async () => {
    chat.keeper.keep({ locale: frame.language.value });
    await chat.speak();
    await chat.greet();
  };
  addEventListener('online', online);
  globalThis.visualViewport?.addEventListener('resize', fit);
  return () => {
    removeEventListener('online', online);
    globalThis.visualViewport?.removeEventListener('resize', fit);
  };
}
