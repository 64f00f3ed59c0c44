/** A question that must be answered before going on. Plain text: nothing in it may become a link. */
export interface Question {
  /** One sentence that names what is asked about. */
  message: string;
  detail?: string | undefined;
  /** Localised labels of the answers besides Cancel, the safe or likely one first. */
  answers: readonly string[];
}

/** How rooms speak to the user; the notifier is the only one that does it in VS Code. */
export interface Messages {
  /** Modal. The chosen answer, or undefined when cancelled. */
  ask(question: Question): Promise<string | undefined>;
  /** A short notice without buttons. */
  inform(message: string): void;
}
