/// <reference lib="dom" />

export type DomTools = ReturnType<typeof domTools>;

/** Runs in the browser. The few ways in which the page makes and changes elements; data is only ever text. */
export function domTools() {
  interface Props {
    class?: string;
    text?: string;
    attrs?: Record<string, string>;
  }

  function el<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag,
    props: Props = {},
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

  /** Leaves the element alone when nothing changes, so that selections and screen readers are not disturbed. */
  function setText(element: Element, text: string): void {
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  /** An element of the page that is always there. */
  function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
    const element = document.getElementById(id);
    if (!(element instanceof type)) {
      throw new Error(`The page has no ${id}`);
    }
    return element;
  }

  /** Puts exactly these children in this order; an element with the focus keeps it. */
  function arrange(parent: Element, children: readonly Element[]): void {
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

  /** A photo by its address, or a tile with letters where there is none or it cannot be fetched. */
  function picture(address: string, letters: string, classes: string): HTMLElement {
    const tile = el('span', { class: classes, text: letters, attrs: { 'aria-hidden': 'true' } });
    if (address !== '') {
      const image = el('img', { attrs: { alt: '', referrerpolicy: 'no-referrer' } });
      image.addEventListener('load', () => tile.replaceChildren(image));
      image.src = address;
    }
    return tile;
  }

  return { el, setText, byId, arrange, picture };
}
