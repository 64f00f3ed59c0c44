import type { Person } from '../../src/bitrix24/person';

/**
 * People with the variety of a real portal: tens of thousands of different surnames in two alphabets. The same
 * count gives the same people.
 */
export function manyPeople(count: number): Person[] {
  const dice = new Dice(20_260_821);
  return Array.from({ length: count }, (_, at) => {
    const id = at * 3 + 5;
    const person = dice.below(10) < 7 ? russian(dice) : english(dice);
    return {
      id,
      ...person,
      name: `${person.firstName} ${person.lastName}`.trim(),
      ...(dice.below(10) < 6
        ? {
            photo: `https://cdn.bitrix24.ru/b1234567/main/${hex(dice, 3)}/${hex(dice, 32)}/avatar.png`,
          }
        : { photo: undefined }),
      active: true,
      departments: dice.below(20) === 0 ? [dice.below(2000) + 1, 2001] : [dice.below(2000) + 1],
      type: dice.below(20) === 0 ? 'extranet' : 'employee',
    };
  });
}

export function manyDepartments(): { id: number; name: string }[] {
  const dice = new Dice(7);
  const kinds = list('Отдел,Служба,Группа,Department,Team,Управление,Сектор');
  const fields = list('продаж,логистики,закупок,разработки,безопасности,Design,Support,Finance');
  return Array.from({ length: 2001 }, (_, at) => ({
    id: at + 1,
    name: `${dice.of(kinds)} ${dice.of(fields)} ${at + 1}`,
  }));
}

type Names = Pick<Person, 'firstName' | 'lastName' | 'secondName' | 'position'>;

const stems = list(
  'иван,петр,сидор,кузнец,смирн,васил,попов,соколов,михайл,нов,федор,мороз,волк,алексе,лебед,семён,егор,павл,козл,степан,никола,орл,андре,макар,никит,захар,зайц,соловь,борис,яковл,григор,роман,воробь,серге,кузьмин,фрол,александр,дмитри,корол,гусев,киселёв,ильин,максим,поляк,сорок,виноград,ковал,бел,медвед,антон,тарас,жук,баран,филипп,комар,давыд,беляк,щерб,богдан,голубе,карп,афанас,власов,маслов,исак,тихон,аксён,гаврил,родион,кот,горбун,кудряш,быков,третьяк,савель,пан,рыб,суворов,абрам,воронц,миронов,широк,архип,силь,громов,савин,хохл,чернов,цветк,юдин,яшин,эрнест',
);
const middles = list(',ич,ень,ук,ар,ел,ит,ош,ин,ал,ов,ян,ур,ещ,ык,аш,ох,иц,ан,ес');
const endings = list('ов,ев,ин,ский,енко,ук,ых,ян,ец,ко');
const menOfRussia = list(
  'Иван,Пётр,Дмитрий,Сергей,Алексей,Андрей,Михаил,Юрий,Фёдор,Семён,Артём,Харитон,Егор,Ярослав,Константин,Максим,Григорий,Виктор,Павел,Олег',
);
const womenOfRussia = list(
  'Анна,Мария,Екатерина,Ольга,Татьяна,Юлия,Наталья,Ксения,Дарья,Елена,Светлана,Алёна,Вероника,Жанна,Любовь,Щербина,Яна,Эмма,Ирина,Софья',
);
const patronymics = list('Иван,Петр,Александр,Дмитри,Серге,Никола,Владимир');
const work = list(
  'Инженер,Ведущий инженер,Бухгалтер,Главный бухгалтер,Менеджер по продажам,Руководитель отдела,Разработчик,Тестировщик,Дизайнер,Аналитик,Водитель,Кладовщик,Юрист,Экономист,Секретарь,HR-специалист,SMM-специалист,Директор по развитию,1С-программист,Оператор колл-центра',
);
const places = list(',,,склада № 5,филиала в Казани,дирекции,группы поддержки,северного региона');
const namesOfEngland = list(
  'John,Mary,James,Emma,Liam,Olivia,Noah,Ava,William,Sophia,Alexander,Xenia,Victor,Julia,Peter,Anna,Ivan,Maria,Thomas,Alice',
);
const stemsOfEngland = list(
  'smith,john,will,brown,jon,mill,dav,wil,ander,thom,jack,whit,harr,mart,gar,clark,lew,rob,walk,hall,young,king,wright,hill,scott,green,adam,bak,nels,cart,mitch,per,turn,phill,camp,park,ev,ed,coll,stew',
);
const middlesOfEngland = list(',er,ing,en,ar,ol,in,es,ow,il,et,ab');
const endingsOfEngland = list('son,s,ton,ley,man,ford,well,er,field,wood,berg,ski');
const jobs = list(
  'Engineer,Senior Engineer,Accountant,Sales Manager,Product Designer,Head of Sales,QA Engineer,Data Analyst,Driver,Lawyer,DevOps Engineer,HR Partner',
);

function russian(dice: Dice): Names {
  const isWoman = dice.below(2) === 1;
  const surname = dice.of(stems) + dice.of(middles) + dice.of(endings);
  const lastName = isWoman
    ? surname.replace(/ский$/u, 'ская').replace(/(ов|ев|ин)$/u, '$1а')
    : surname;
  return {
    firstName: dice.of(isWoman ? womenOfRussia : menOfRussia),
    lastName: capital(lastName),
    ...(dice.below(3) === 0
      ? { secondName: dice.of(patronymics) + (isWoman ? 'овна' : 'ович') }
      : {}),
    position: `${dice.of(work)} ${dice.of(places)}`.trim(),
  };
}

function english(dice: Dice): Names {
  return {
    firstName: dice.of(namesOfEngland),
    lastName: capital(
      dice.of(stemsOfEngland) + dice.of(middlesOfEngland) + dice.of(endingsOfEngland),
    ),
    position: dice.of(jobs),
  };
}

/** Numerical Recipes' linear congruential generator: the same on every machine. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  of(values: readonly string[]): string {
    return values[this.below(values.length)] ?? '';
  }
}

function hex(dice: Dice, length: number): string {
  return Array.from({ length }, () => dice.below(16).toString(16)).join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function list(text: string): string[] {
  return text.split(',');
}
