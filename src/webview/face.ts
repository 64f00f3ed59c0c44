import { h, icon } from './dom';

const colours = 6;

/** A round photo, or initials on one of a few colours. Decoration: the name always stands beside it. */
export function face(person: {
  id: number;
  name?: string | undefined;
  photo?: string | undefined;
}): HTMLElement {
  const initials = initialsOf(person.name);
  const element = h(
    'span',
    { class: `face face-${person.id % colours}`, 'aria-hidden': 'true' },
    initials === '' ? icon('person') : initials,
  );
  if (person.photo) {
    const image = h('img', {
      src: person.photo,
      alt: '',
      referrerpolicy: 'no-referrer',
      loading: 'lazy',
    });
    image.addEventListener('error', () => {
      image.remove();
    });
    element.append(image);
  }
  return element;
}

function initialsOf(name: string | undefined): string {
  const parts = (name ?? '').split(/\s+/u).filter((part) => /^\p{L}/u.test(part));
  return parts
    .slice(0, 2)
    .map((part) => Array.from(part)[0]?.toLocaleUpperCase() ?? '')
    .join('');
}
