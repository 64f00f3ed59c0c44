import type { Edit, FindingKind, Fix } from './finding';
import type { OwnCall, Parameter, ParameterPart } from './ownCall';
import type { Source } from './readValue';
import type { Span } from './value';

interface Place {
  parameter: Parameter;
  part: ParameterPart;
}

export function fixesOf(finding: Span & FindingKind, call: OwnCall, source: Source): Fix[] {
  if (finding.code === 'unknownParameter') {
    const place = placeAt(call, finding);
    if (!place?.part.isLiteral) {
      return [];
    }
    const { means, name } = finding;
    if (means) {
      return mayBecome(call, place, means) ? renamed(place, means) : [];
    }
    const removed = removal(place, source);
    return removed ? [{ kind: 'remove', name, edit: removed }] : [];
  }
  if (finding.code === 'idsOnlyOne') {
    const place = all(call).find(
      ({ parameter: { value } }) => value.from === finding.from && value.to === finding.to,
    );
    return place?.part.isLiteral ? [listFix(finding, finding.ids, place.part)] : [];
  }
  return [];
}

function all(call: OwnCall): Place[] {
  return call.parts.flatMap((part) => part.parameters.map((parameter) => ({ parameter, part })));
}

function placeAt(call: OwnCall, { from, to }: Span): Place | undefined {
  return all(call).find(({ parameter: { key } }) => key.from === from && key.to === to);
}

/** True if the call lacks the parameter, and this is the likeliest of those that stand for it. */
function mayBecome(call: OwnCall, place: Place, means: string): boolean {
  const names = all(call).map(({ parameter }) => parameter.name.toUpperCase());
  return !names.includes(means) && likeliest(call, means) === place.parameter;
}

function likeliest(call: OwnCall, means: string): Parameter | undefined {
  const candidates = all(call).filter(
    ({ parameter }) => renames[parameter.name.toUpperCase()] === means,
  );
  return candidates.length === 1 ? candidates[0]?.parameter : undefined;
}

/** Names that stand for one thing only. A TITLE may be anything, and a picture may be given otherwise than by address. */
const renames: Readonly<Record<string, string>> = {
  MESSAGE: 'TEXT',
  MSG: 'TEXT',
  BODY: 'TEXT',
  CONTENT: 'TEXT',
  USERS: 'USER_ID',
  USER: 'USER_ID',
  USER_IDS: 'USER_ID',
  USERIDS: 'USER_ID',
  USERID: 'USER_ID',
  USERS_ID: 'USER_ID',
  ICON: 'AVATAR',
  IMAGE: 'AVATAR',
  AVATAR_URL: 'AVATAR',
  AVATARURL: 'AVATAR',
};

function renamed({ parameter }: Place, to: string): Fix[] {
  const { key, quote, isShorthand, name, isIndexed } = parameter;
  if (isIndexed) {
    return [];
  }
  const bare = isShorthand ? `${to}: ${name}` : to;
  const edit = { from: key.from, to: key.to, text: quote === '' ? bare : quote + to + quote };
  return [{ kind: 'rename', from: name, to, edit }];
}

/** Takes an entry out with the comma that belongs to it; undefined if a comment would go with it. */
function removal({ parameter, part }: Place, { text }: Source): Edit | undefined {
  const index = part.parameters.indexOf(parameter);
  const next = part.parameters[index + 1];
  const before = part.parameters[index - 1];
  const from = next || !before ? parameter.from : before.to;
  const to = next ? next.from : parameter.to;
  const beside = text.slice(from, parameter.from) + text.slice(parameter.to, to);
  return /^[\s,]*$/u.test(beside) ? { from, to, text: '' } : undefined;
}

/** The ids as a list, or, where the list would be torn apart on its way, as JSON text, which the portal reads, too. */
function listFix({ from, to }: Span, ids: readonly number[], { wire }: ParameterPart): Fix {
  const list = `[${ids.join(', ')}]`;
  const text = wire === 'structured' ? list : `'${list}'`;
  return { kind: 'list', list: text, edit: { from, to, text } };
}
