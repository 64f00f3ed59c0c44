/**
 * Helpers that build the DOM without a framework. Strings always become text nodes, never markup, so that nothing
 * that a colleague or a portal wrote can run here.
 */

type Child = Node | string | undefined;
type Attributes = Record<string, string | number | boolean | undefined>;

/** Sets an attribute; removes it for undefined and false. */
export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  if (value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Creates an HTML element; undefined children are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(element, name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Creates a button that runs `press` on each click. */
export function button(
  attributes: Attributes,
  press: () => void,
  ...children: Child[]
): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, ...children);
  element.addEventListener('click', press);
  return element;
}

export interface RadioSwitch<T extends string> {
  readonly element: HTMLElement;
  set(value: T, disabled?: boolean): void;
}

/** Creates a radio group drawn as a switch. A `hint` is the tooltip of its label and describes its radio button. */
export function radioSwitch<T extends string>(
  name: string,
  label: string,
  options: readonly { value: T; label: string; hint?: string }[],
  change: (value: T) => void,
): RadioSwitch<T> {
  const element = h('div', { class: 'switch', role: 'radiogroup', 'aria-label': label });
  const radios = options.map((option) => {
    const id = `${name}-${option.value}`;
    const hintId = option.hint === undefined ? undefined : `${id}-hint`;
    const radio = h('input', {
      type: 'radio',
      name,
      id,
      value: option.value,
      class: 'sr-only',
      'aria-describedby': hintId,
    });
    radio.addEventListener('change', () => {
      change(option.value);
    });
    element.append(radio, h('label', { for: id, title: option.hint }, option.label));
    if (hintId !== undefined) {
      element.append(h('span', { class: 'sr-only', id: hintId }, option.hint));
    }
    return radio;
  });
  return {
    element,
    set: (value, disabled = false) => {
      for (const radio of radios) {
        radio.checked = radio.value === value;
        radio.disabled = disabled;
      }
    },
  };
}

/** Replaces the text only when it differs, so that a screen reader does not repeat it. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function show(element: HTMLElement, visible: boolean): void {
  element.hidden = !visible;
}

const paths = {
  chevron: 'M4 6l4 4 4-4',
  close: 'M4.5 4.5l7 7m0-7l-7 7',
  edit: 'M10.5 3.500l2 2-7 7H3.500v-2zM9 5l2 2',
  warning: 'M8 2.500L14 13.500H2zM8 6.500v3.500M8 11.750v.25',
  error: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 5v4M8 10.750v.25',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7.250V11M8 5v.25',
  check: 'M3 8.500l3.500 3.500L13 5',
  person:
    'M8 3a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5zM3.500 13.500c0-2.500 2-4 4.500-4s4.500 1.500 4.500 4',
  group: 'M6.500 3.500h3v2.500h-3zM2.500 10h3v2.500h-3zM10.500 10h3v2.500h-3zM8 6v2M4 10V8h8v2',
  tree: 'M3.500 3v8.500h4M3.500 6.500h4M9 5.250h4v2.500H9zM9 10.250h4v2.500H9z',
  direct: 'M5.500 5.500h5v5h-5z',
  people:
    'M6 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM2 13c0-2.200 1.700-3.500 4-3.500s4 1.300 4 3.500M10.500 4.500a1.750 1.750 0 0 1 0 3.500M11.500 9.750c1.500.3 2.500 1.500 2.500 3.250',
  bell: 'M4 11.500V7a4 4 0 0 1 8 0v4.500l1 1H3zM7 14h2',
} as const;

/** Creates an icon. It always stands beside a text that says the same, so screen readers do not see it. */
export function icon(name: keyof typeof paths, className = ''): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}

/**
 * Runs `work` at once, or after the current press of the pointer: a click must hit what the user aimed at, and an
 * error line that appears during the press would move it away.
 */
export function afterPress(work: () => void): void {
  if (document.querySelector(':active') === null) {
    work();
  } else {
    window.addEventListener('pointerup', () => setTimeout(work), { once: true, capture: true });
  }
}
