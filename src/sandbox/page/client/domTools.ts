/// <reference lib="dom" />

interface ElementProps {
  class?: string;
  text?: string;
  attrs?: Record<string, string>;
}

/** Runs in the browser. Makes and changes elements; data enters the page only as text, never as markup. */
export class DomTools {
  el<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag,
    props: ElementProps = {},
    ...children: (Node | string)[]
  ): HTMLElementTagNameMap[Tag] {
    const element = document.createElement(tag);
    if (props.class !== undefined) {
      element.className = props.class;
    }
    for (const [name, value] of Object.entries(props.attrs ?? {})) {
      element.setAttribute(name, value);
    }
    if (props.text !== undefined) {
      element.textContent = props.text;
    }
    element.append(...children);
    return element;
  }

  /** Sets the text only when it differs, so that selections and screen readers are not disturbed. */
  setText(element: Element, text: string): void {
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  /** @throws Error when the page has no such element of this type. */
  byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
    const element = document.getElementById(id);
    if (!(element instanceof type)) {
      throw new Error(`The page has no ${id}`);
    }
    return element;
  }

  /** Makes these elements the only children, in this order; the focused element keeps the focus. */
  arrange(parent: Element, children: readonly Element[]): void {
    const same =
      parent.children.length === children.length &&
      children.every((child, index) => parent.children[index] === child);
    if (same) {
      return;
    }
    const focused = document.activeElement;
    parent.replaceChildren(...children);
    if (focused instanceof HTMLElement && parent.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  }

  /** Makes a photo, or a tile with letters when there is no address or the photo cannot be loaded. */
  picture(address: string, letters: string, classes: string): HTMLElement {
    const tile = this.el('span', {
      class: classes,
      text: letters,
      attrs: { 'aria-hidden': 'true' },
    });
    if (address !== '') {
      const image = this.el('img', { attrs: { alt: '', referrerpolicy: 'no-referrer' } });
      image.addEventListener('load', () => tile.replaceChildren(image));
      image.src = address;
    }
    return tile;
  }
}
