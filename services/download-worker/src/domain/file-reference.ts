import { AppError } from '@sangha/errors';

/** Where a file is asked from. `endpoint` is absent for the platform's own hub. */
export interface RepoReference {
  endpoint?: string;
  /** `owner/name`. */
  name: string;
}

// The hub's own rules: no leading punctuation, no `--` (its cache folders are named with it), no `..`.
const part = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?$/;
const maxLength = 255;

/**
 * `owner/name`, or the address of a repository on another hub (`https://hub.example.com/owner/name`).
 * @throws AppError invalid_value
 */
export function parseRepo(text: string, defaultEndpoint: string): RepoReference {
  const asUrl = /^https?:\/\//.test(text) ? URL.parse(text) : undefined;
  if (asUrl === null || text.length > maxLength) throw invalid('repo', 'Write the repository as owner/name.');
  if (asUrl === undefined) return { name: checkedName(text) };
  if (asUrl.username !== '' || asUrl.password !== '' || asUrl.search !== '' || asUrl.hash !== '')
    throw invalid('repo', "Write the repository's address without credentials, query or fragment.");
  const name = checkedName(asUrl.pathname.replace(/^\//, '').replace(/\/$/, ''));
  return asUrl.origin === URL.parse(defaultEndpoint)?.origin ? { name } : { endpoint: asUrl.origin, name };
}

function checkedName(name: string): string {
  const parts = name.split('/');
  const sound = parts.length === 2 && parts.every((each) => part.test(each) && !each.includes('--') && !each.includes('..'));
  if (!sound) throw invalid('repo', 'Write the repository as owner/name, each of letters, digits, ".", "_" and "-".');
  return name;
}

/** The one spelling under which a repository is stored and compared. */
export const repoText = ({ endpoint, name }: RepoReference): string => (endpoint === undefined ? name : `${endpoint}/${name}`);

/** A branch, tag or commit; empty means `main`. @throws AppError invalid_value */
export function parseRevision(text: string): string {
  if (text === '') return 'main';
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(text) || text.includes('..') || text.includes('//'))
    throw invalid('revision', 'Write the revision as the name of a branch or tag, or as a commit.');
  return text;
}

/** A file's name inside its repository, folders included. Never used as a path of this machine. */
export const isFileName = (text: string): boolean =>
  text.length > 0 &&
  text.length <= maxLength &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  !/[\u0000-\u001f\u007f\\]/.test(text) &&
  text.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');

const invalid = (param: string, message: string): AppError => new AppError('invalid_value', message, { param });
