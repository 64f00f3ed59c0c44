import type { Span, Value } from './value';

/**
 * How a list in the parameters travels: `structured` as one; `repeated` under one name again and again, of which PHP
 * takes the last; `joined` as one text with commas.
 */
export type Wire = 'structured' | 'repeated' | 'joined';

export interface Parameter extends Span {
  /** The name as it is written, without the brackets of PHP's lists. */
  name: string;
  /** True for `USER_ID[]` and its like: the value is one of a list. */
  isIndexed: boolean;
  key: Span;
  quote: string;
  isShorthand: boolean;
  value: Value;
}

/** Parameters that are written in one place: a literal, the query of an address, or a body. */
export interface ParameterPart extends Span {
  wire: Wire;
  /** False for what is read out of a text: its parameters have no places of their own. */
  isLiteral: boolean;
  parameters: Parameter[];
}

/** A call of pull.application.push.add in somebody's source. */
export interface OwnCall extends Span {
  /** The literal that names the method. */
  method: Span;
  /** The literal address, for a call by plain HTTP; without its end if that is computed. */
  address: (Span & { value: string }) | undefined;
  parts: ParameterPart[];
  /** False if some of the parameters cannot be seen. */
  isComplete: boolean;
}
