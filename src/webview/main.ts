import type { ToForm } from '../form/protocol';
import { Form } from './form';
import { Messaging } from './messaging';
import { Announcer } from './page';
import type { Page } from './page';
import { PageModel } from './pageModel';
import { PhonePage } from './phonePage';
import { Words } from './words';

const messaging = new Messaging();
const announcer = new Announcer();
const model = new PageModel({
  post: (message) => messaging.post(message),
  later: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});
/** What the page shows; `form` only if it is the whole form. */
let shown: Form | PhonePage | undefined;
let form: Form | undefined;

function build(init: Extract<ToForm, { type: 'init' }>): Form | PhonePage {
  const page: Page = {
    words: new Words(init.locale, init.strings),
    model,
    messaging,
    announcer,
    change: (changes) => {
      model.change(changes);
      shown?.render();
    },
    render: () => {
      shown?.render();
    },
  };
  const built = init.view === 'phone' ? new PhonePage(page) : new Form(page);
  document.body.replaceChildren(built.element, announcer.element);
  return built;
}

messaging.listen((message) => {
  switch (message.type) {
    case 'init':
      shown = build(message);
      form = shown instanceof Form ? shown : undefined;
      break;
    case 'state':
      model.accept(message.state);
      shown?.render();
      break;
    case 'checked':
      if (model.checked(message, message)) {
        form?.render();
      }
      break;
    case 'hints':
      model.hinted(message.hints, message.firstOnly);
      form?.render();
      break;
    case 'peopleRead':
      form?.searchAgain();
      break;
    case 'phase':
      model.moved(message.phase);
      form?.render();
      break;
    case 'pastTexts':
      form?.goOnFrom(message.texts);
      break;
    case 'focus':
      form?.focus(message.field);
      break;
  }
});

// The host keeps the draft. It gets the last edit before VS Code can take the page away.
document.addEventListener('visibilitychange', () => {
  model.flush();
  form?.render();
});
for (const type of ['blur', 'pagehide']) {
  window.addEventListener(type, () => model.flush());
}
window.addEventListener('error', (event) => {
  messaging.post({ type: 'fault', where: `${event.lineno}:${event.colno}` });
});

messaging.post({ type: 'ready' });
