/** The parts from which names, departments and positions of generated people are made. No person here is real. */

const list = (words: string): string[] => words.split(',').map((word) => word.trim());

/** Russian first names with `ё`. Generated people write `е` instead at times, as people on real portals do. */
export const RUSSIAN_FIRST_NAMES = {
  M: list(
    'Иван, Пётр, Сергей, Александр, Дмитрий, Андрей, Алексей, Николай, Владимир, Михаил, Юрий, Виктор, Олег, Павел, Артём, Фёдор, Семён, Игорь, Денис, Максим, Роман, Кирилл, Егор, Матвей, Тимофей, Савелий, Глеб, Лев, Ярослав, Эдуард, Ильдар, Рустам, Вадим, Станислав, Илья, Никита',
  ),
  F: list(
    'Анна, Мария, Елена, Ольга, Екатерина, Наталья, Татьяна, Ирина, Светлана, Юлия, Алёна, Олеся, Дарья, Полина, Ксения, Вера, Надежда, Любовь, Людмила, Марина, Галина, Жанна, Яна, Эльвира, Алсу, Софья, Злата, Василиса, Арина, Кира, Майя, Фёкла, Виктория, Валентина, Евгения, Инна',
  ),
};

/** Surnames in the form for men; `womansSurname` makes the form for women. */
export const RUSSIAN_LAST_NAMES = list(
  'Иванов, Смирнов, Кузнецов, Попов, Васильев, Петров, Соколов, Михайлов, Новиков, Фёдоров, Морозов, Волков, Алексеев, Лебедев, Семёнов, Егоров, Павлов, Козлов, Степанов, Николаев, Орлов, Андреев, Макаров, Никитин, Захаров, Зайцев, Соловьёв, Борисов, Яковлев, Григорьев, Романов, Воробьёв, Сергеев, Кузьмин, Фролов, Александров, Дмитриев, Королёв, Гусев, Киселёв, Ильин, Максимов, Поляков, Сорокин, Виноградов, Ковалёв, Белов, Медведев, Антонов, Тарасов, Жуков, Баранов, Филиппов, Комаров, Давыдов, Беляев, Герасимов, Богданов, Осипов, Сидоров, Матвеев, Титов, Марков, Миронов, Крылов, Куликов, Карпов, Власов, Мельников, Денисов, Гаврилов, Тихонов, Казаков, Афанасьев, Данилов, Савельев, Тимофеев, Фомин, Чернов, Абрамов, Мартынов, Ефимов, Федотов, Щербаков, Назаров, Калинин, Исаев, Чернышёв, Быков, Маслов, Родионов, Коновалов, Лазарев, Воронин, Климов, Филатов, Пономарёв, Голубев, Кудрявцев, Прохоров, Наумов, Потапов, Журавлёв, Овчинников, Трофимов, Леонов, Соболев, Ермаков, Колесников, Гончаров, Емельянов, Никифоров, Грачёв, Котов, Гришин, Ефремов, Архипов, Громов, Кириллов, Малышев, Панов, Моисеев, Румянцев, Акимов, Кондратьев, Бирюков, Горбунов, Анисимов, Ерёмин, Тихомиров, Галкин, Лукьянов, Михеев, Скворцов, Юдин, Белоусов, Нестеров, Симонов, Прокофьев, Харитонов, Князев, Цветков, Левин, Митрофанов, Воронов, Аксёнов, Софронов, Мальцев, Логинов, Горшков, Савин, Краснов, Майоров, Демидов, Елисеев, Рыбаков, Сафонов, Плотников, Дёмин, Хохлов, Фадеев, Молчанов, Игнатов, Литвинов, Ершов, Ушаков, Дементьев, Рябов, Мухин, Калашников, Леонтьев, Лобанов, Кузин, Корнеев, Евдокимов, Бородин, Платонов, Некрасов, Балашов, Бобров, Жданов, Блинов, Игнатьев, Коротков, Муравьёв, Крюков, Беляков, Богомолов, Дроздов, Лавров, Зуев, Ёлкин, Ёжиков, Рублёв, Троицкий, Вишневский, Покровский, Успенский, Достоевский, Толстой, Донской, Чёрный, Белый, Шевченко, Коваленко, Мельник, Гуляк, Черных, Долгих, Римский-Корсаков, Мамин-Сибиряк, Хабибуллин, Сафин',
);

/** Patronymics without their endings, which are -ич for a man and -на for a woman. */
export const RUSSIAN_SECOND_NAMES = list(
  'Иванов, Петров, Сергеев, Александров, Дмитриев, Андреев, Алексеев, Николаев, Владимиров, Михайлов, Юрьев, Викторов, Олегов, Павлов, Артёмов, Фёдоров, Семёнов, Анатольев, Евгеньев, Константинов, Борисов, Игорев, Денисов, Геннадьев, Рустамов',
);

export const ENGLISH_FIRST_NAMES = {
  M: list(
    'James, John, Robert, Michael, William, David, Richard, Joseph, Thomas, Charles, Ivan, Daniel, Matthew, Anthony, Mark, Steven, Paul, Andrew, Joshua, Kevin, Brian, George, Edward, Ronald, Timothy, Jason, Jeffrey, Ryan, Jacob, Gary, Liam, Noah, Oliver, Ethan, Peter, Seán',
  ),
  F: list(
    'Mary, Patricia, Jennifer, Linda, Elizabeth, Barbara, Susan, Jessica, Sarah, Karen, Nancy, Lisa, Margaret, Sandra, Ashley, Kimberly, Emily, Donna, Michelle, Carol, Amanda, Melissa, Deborah, Anna, Rebecca, Laura, Helen, Emma, Olivia, Ava, Sophia, Grace, Zoë, Chloe, Maria, Alice',
  ),
};

export const ENGLISH_LAST_NAMES = list(
  "Smith, Johnson, Williams, Brown, Jones, Miller, Davis, Wilson, Anderson, Thomas, Taylor, Moore, Jackson, Martin, Lee, Thompson, White, Harris, Clark, Lewis, Robinson, Walker, Young, Allen, King, Wright, Scott, Hill, Green, Adams, Nelson, Baker, Hall, Campbell, Mitchell, Carter, Roberts, Phillips, Evans, Turner, Parker, Collins, Edwards, Stewart, Morris, Murphy, Cook, Rogers, Morgan, Cooper, Peterson, Reed, Bailey, Bell, Kelly, Howard, Ward, Cox, Richardson, Wood, Watson, Brooks, Bennett, Gray, James, Hughes, Price, Myers, Long, Foster, Sanders, Ross, Powell, Sullivan, Russell, Jenkins, Perry, Butler, Barnes, Fisher, Ivanov, Petrov, O'Neill, O'Connor, McDonald, Smith-Jones, Van Dyke, Müller, Kowalski, Garcia",
);

export type Language = 'ru' | 'en';

/** A line of work. Departments are named after it, and their people have its positions. */
export interface Trade {
  /** `ru` in the genitive, to follow the kind of department: "Отдел" + "продаж". */
  name: Record<Language, string>;
  positions: Record<Language, string[]>;
}

function trade(ru: string, en: string, russianPositions: string, englishPositions: string): Trade {
  return {
    name: { ru, en },
    positions: { ru: list(russianPositions), en: list(englishPositions) },
  };
}

export const TRADES: readonly Trade[] = [
  trade(
    'продаж',
    'Sales',
    'Менеджер по продажам, Старший менеджер по продажам, Специалист по тендерам, Ассистент отдела продаж',
    'Sales Manager, Account Executive, Sales Representative, Key Account Manager',
  ),
  trade(
    'разработки',
    'Engineering',
    'Разработчик, Старший разработчик, Ведущий разработчик, Фронтенд-разработчик, Архитектор',
    'Software Engineer, Senior Software Engineer, Frontend Developer, Staff Engineer',
  ),
  trade(
    'тестирования',
    'Quality Assurance',
    'Тестировщик, Инженер по тестированию, Ведущий тестировщик',
    'QA Engineer, Test Automation Engineer, Senior QA Engineer',
  ),
  trade(
    'поддержки',
    'Support',
    'Специалист поддержки, Оператор первой линии, Инженер поддержки',
    'Support Agent, Support Engineer, Customer Success Manager',
  ),
  trade(
    'логистики',
    'Logistics',
    'Логист, Кладовщик, Водитель-экспедитор, Диспетчер, Комплектовщик',
    'Logistics Coordinator, Warehouse Operator, Driver, Dispatcher',
  ),
  trade(
    'закупок',
    'Procurement',
    'Специалист по закупкам, Менеджер по закупкам, Категорийный менеджер',
    'Buyer, Procurement Specialist, Category Manager',
  ),
  trade(
    'маркетинга',
    'Marketing',
    'Маркетолог, Контент-менеджер, SMM-специалист, Бренд-менеджер, Дизайнер',
    'Marketing Manager, Content Editor, Brand Manager, Graphic Designer',
  ),
  trade(
    'персонала',
    'Human Resources',
    'Специалист по кадрам, Рекрутер, HR-бизнес-партнёр, Специалист по обучению',
    'HR Generalist, Recruiter, HR Business Partner, Training Specialist',
  ),
  trade(
    'финансов',
    'Finance',
    'Бухгалтер, Экономист, Финансовый аналитик, Казначей',
    'Accountant, Financial Analyst, Controller, Treasurer',
  ),
  trade(
    'безопасности',
    'Security',
    'Специалист по безопасности, Инженер по информационной безопасности, Охранник',
    'Security Officer, Security Engineer, SOC Analyst',
  ),
  trade(
    'производства',
    'Production',
    'Оператор линии, Наладчик, Технолог, Мастер участка, Слесарь, Сварщик, Учётчик',
    'Line Operator, Process Engineer, Shift Supervisor, Maintenance Technician',
  ),
  trade(
    'аналитики',
    'Analytics',
    'Аналитик, Системный аналитик, Аналитик данных, Бизнес-аналитик',
    'Data Analyst, Business Analyst, Data Scientist, Product Analyst',
  ),
];

/** The word for a department by its level in the tree. The company is level 1. */
export const DEPARTMENT_KINDS: Record<Language, readonly string[]> = {
  ru: list(
    'Компания, Дирекция, Департамент, Управление, Служба, Отдел, Сектор, Группа, Бюро, Команда',
  ),
  en: list('Company, Division, Department, Office, Unit, Section, Sector, Group, Bureau, Team'),
};

export const HEAD_POSITIONS: Record<Language, readonly string[]> = {
  ru: list(
    'Генеральный директор, Директор, Директор департамента, Начальник управления, Руководитель службы, Начальник отдела, Руководитель сектора, Руководитель группы, Начальник бюро, Руководитель команды',
  ),
  en: list(
    'CEO, Vice President, Director, Head of Office, Unit Manager, Section Manager, Sector Lead, Group Lead, Bureau Lead, Team Lead',
  ),
};

export const PLACES: Record<Language, readonly string[]> = {
  ru: list(
    'Москва, Казань, Орёл, Самара, Пермь, Томск, Тверь, Уфа, Сочи, Омск, Королёв, Тула, Псков, Киров, Чита',
  ),
  en: list(
    'London, Leeds, Dublin, Boston, Austin, Denver, Toronto, Sydney, Perth, Warsaw, Berlin, Paris, Oslo, Malmö',
  ),
};

/** Latin letters for Cyrillic ones, for people who write their names in Latin letters and for e-mail addresses. */
const LATIN: Readonly<Record<string, string>> = Object.fromEntries(
  list(
    'а a, б b, в v, г g, д d, е e, ё e, ж zh, з z, и i, й y, к k, л l, м m, н n, о o, п p, р r, с s, т t, у u, ф f, х kh, ц ts, ч ch, ш sh, щ shch, ъ , ы y, ь , э e, ю yu, я ya',
  ).map((pair) => {
    const [from = '', to = ''] = pair.split(' ');
    return [from, to];
  }),
);

export function inLatin(name: string): string {
  return name.replace(/[а-яё]/gi, (letter) => {
    const latin = LATIN[letter.toLowerCase()] ?? '';
    return letter === letter.toLowerCase()
      ? latin
      : latin.slice(0, 1).toUpperCase() + latin.slice(1);
  });
}

/** Makes a woman's surname: Петров becomes Петрова, Троицкий becomes Троицкая, Шевченко stays. Changes both halves of a double name. */
export function womansSurname(surname: string): string {
  return surname
    .split('-')
    .map((part) =>
      part
        .replace(/([оеё]в|[иы]н)$/u, '$1а')
        .replace(/кий$/u, 'кая')
        .replace(/(?:ый|ой|ий)$/u, 'ая'),
    )
    .join('-');
}
