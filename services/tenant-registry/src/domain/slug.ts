import { AppError } from '@sangha/errors';

// Hosts that a deployment needs for itself under its organisation domain, and words that would mislead in a link.
const reserved: ReadonlySet<string> = new Set([
  'account',
  'admin',
  'api',
  'app',
  'apps',
  'assets',
  'auth',
  'blog',
  'cdn',
  'console',
  'docs',
  'health',
  'help',
  'id',
  'idp',
  'internal',
  'keycloak',
  'localhost',
  'login',
  'logout',
  'mail',
  'metrics',
  'ns',
  'ping',
  'platform',
  'public',
  'registry',
  'root',
  'sangha',
  'security',
  'setup',
  'smtp',
  'static',
  'status',
  'support',
  'system',
  'www',
]);

const label = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * A slug is one DNS label (it becomes `<slug>.<BODHI_ORG_DOMAIN>`): 1..63 of `a-z 0-9 -`, single hyphens and only inside
 * (a double one would allow `xn--` names), and none of the reserved words.
 * @throws AppError invalid_value
 */
export function parseSlug(text: string): string {
  if (text.length > 63 || !label.test(text)) {
    throw new AppError(
      'invalid_value',
      'A slug has 1 to 63 lower-case letters, digits and single hyphens inside. Choose another slug.',
      { param: 'slug' },
    );
  }
  if (reserved.has(text))
    throw new AppError('invalid_value', `The slug "${text}" is reserved. Choose another slug.`, { param: 'slug' });
  return text;
}
