import { toolLimits } from './toolRequest';
import type { ToolName } from './toolRequest';

export interface ToolDescription {
  /** Shown to people. */
  title: string;
  /** Read by the model. */
  description: string;
  /** JSON schema. It tells the model what to write; the input is parsed in any case. */
  inputSchema: { type: 'object'; properties: Record<string, object>; required: string[] };
  /** Hints of the Model Context Protocol to the program that asks its user before calls. */
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
}

const textProperty = (description: string) => ({
  ...{ type: 'string', description },
  ...{ minLength: 1, maxLength: toolLimits.text },
});

/** The tools for agents: here for every agent, and in the manifest, word for word, for those of VS Code. */
export const toolCatalogue: Readonly<Record<ToolName, ToolDescription>> = {
  notify_me: {
    title: 'Notify me on my phone',
    description:
      'Sends a short push to the phone of the user you work for, through Bitrix24, if they are away from the editor. Use it when a long piece of work is done, or when you cannot go on without them. It goes to nobody else. Do not repeat a notice: it is kept until it is sent.',
    inputSchema: {
      type: 'object',
      properties: {
        text: textProperty(
          'What happened or what you need, in one or two plain sentences. No secrets, no code, no Markdown.',
        ),
      },
      required: ['text'],
    },
    // It changes no file, setting or data, and nobody but the user hears of it, who agreed to that beforehand. Programs
    // that refuse every other call would have to be told to allow the whole server, send_push included.
    annotations: {
      ...{ readOnlyHint: true, destructiveHint: false },
      ...{ idempotentHint: false, openWorldHint: true },
    },
  },
  send_push: {
    title: 'Send a push to others',
    description:
      'Asks the user in VS Code to send a push to other people of their Bitrix24 portal. They see the exact text and the people, and nothing is sent without their yes, so the call waits for their answer. Use it only if the user wants others to be told. If they say no, do not ask again.',
    inputSchema: {
      type: 'object',
      properties: {
        to: {
          type: 'array',
          description:
            'Whom it goes to. Each is the name of a person, an id from find_people, an email address, or a saved group as "group:Release team".',
          items: { type: 'string', minLength: 1, maxLength: toolLimits.line },
          ...{ minItems: 1, maxItems: toolLimits.to },
        },
        text: textProperty('The text, exactly as people will read it. Plain text, no Markdown.'),
        avatar: {
          type: 'string',
          description: 'Address of a picture, http or https. Leave it out if there is none.',
          maxLength: toolLimits.avatar,
        },
        portal: {
          type: 'string',
          description:
            'Host of the portal, such as acme.bitrix24.com. Leave it out for the one in use.',
          maxLength: toolLimits.line,
        },
      },
      required: ['to', 'text'],
    },
    annotations: {
      ...{ readOnlyHint: false, destructiveHint: false },
      ...{ idempotentHint: false, openWorldHint: true },
    },
  },
  find_people: {
    title: 'Find people',
    description:
      'Finds people of the user’s Bitrix24 portal by name. Answers with ids and names, at most 20. Use it before send_push if you do not know how somebody is called exactly.',
    inputSchema: {
      type: 'object',
      properties: {
        query: {
          ...{ type: 'string', description: 'A name or the beginning of one, such as "anna pet".' },
          ...{ minLength: 1, maxLength: toolLimits.line },
        },
      },
      required: ['query'],
    },
    annotations: {
      ...{ readOnlyHint: true, destructiveHint: false },
      ...{ idempotentHint: true, openWorldHint: true },
    },
  },
};
