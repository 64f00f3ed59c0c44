import type fc from 'fast-check';

/** Something that must hold whatever comes in. */
export interface FuzzProperty {
  name: string;
  /** Its part of all cases; the cheap ones carry more. */
  weight: number;
  /** Builds what it needs; `close` ends it. */
  readonly open: () => Promise<OpenProperty> | OpenProperty;
}

export interface OpenProperty {
  property: fc.IRawProperty<unknown>;
  readonly close?: () => Promise<void> | void;
}
