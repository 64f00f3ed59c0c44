import { extensions } from 'vscode';
import type { Uri } from 'vscode';
import * as v from 'valibot';
import type { GitFacts } from './builtInValues';

/** The part of VS Code's Git extension that is used here, version 1 of its API. */
const callable = v.custom<(...args: unknown[]) => unknown>((value) => typeof value === 'function');
const gitExports = v.object({ getAPI: callable });
const gitApi = v.object({ getRepository: callable });
const repository = v.object({
  state: v.object({ HEAD: v.optional(v.object({ name: v.optional(v.string()) })) }),
  getRefs: callable,
});
/** `type` 2 is a tag. */
const refs = v.array(v.object({ type: v.number(), name: v.optional(v.string()) }));
const tagType = 2;

/** Asks VS Code's Git extension about the repository of a file. What it does not know is undefined. */
export async function gitFacts(file: Uri): Promise<GitFacts> {
  const nothing: GitFacts = { branch: undefined, tag: undefined };
  try {
    const extension = extensions.getExtension<unknown>('vscode.git');
    const exported = v.parse(gitExports, await extension?.activate());
    const api = exported.getAPI(1);
    const found = v.parse(gitApi, api).getRepository.call(api, file);
    const { state, getRefs } = v.parse(repository, found);
    const branch = state.HEAD?.name;
    const query = { pattern: 'refs/tags', sort: 'creatordate', count: 1 };
    const tags = v.parse(refs, await getRefs.call(found, query));
    return { branch, tag: tags.find(({ type }) => type === tagType)?.name };
  } catch {
    return nothing;
  }
}
