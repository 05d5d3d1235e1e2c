import { isIP } from 'node:net';
import { z } from 'zod';

/** How a value looks: what it is once parsed, how it is written as text, and how to say so to a person. */
export interface Field<T> {
  type: 'string' | 'number' | 'boolean' | 'string_list';
  /** The value itself, as it stands in JSON. */
  schema: z.ZodType<T>;
  /** From an environment variable or a flag; what can't be read is returned as it is and refused by the schema. */
  fromText: (text: string) => unknown;
  /** Completes "must be …". */
  expected: string;
  example: string;
}

export const text = (expected = 'a text of at most 1,000 characters', example = 'a text'): Field<string> => ({
  type: 'string',
  schema: z.string().trim().min(1).max(1000),
  fromText: same,
  expected,
  example,
});

export const path = (example: string): Field<string> => text('a path', example);

export const port = (): Field<number> => wholeNumber({ min: 0, max: 65_535, example: 1135 });

export const wholeNumber = ({
  min,
  max,
  example,
  unit = '',
}: {
  min: number;
  max: number;
  example: number;
  unit?: string;
}): Field<number> => ({
  type: 'number',
  schema: z.number().int().min(min).max(max),
  fromText: (given) => (/^-?\d{1,15}$/.test(given.trim()) ? Number(given) : given),
  expected: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`,
  example: String(example),
});

export const yesOrNo = (): Field<boolean> => ({
  type: 'boolean',
  schema: z.boolean(),
  fromText: (given) => booleans.get(given.trim().toLowerCase()) ?? given,
  expected: 'true or false (1 or 0)',
  example: 'true',
});
const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export const oneOf = <const T extends string>(values: readonly T[]): Field<T> => ({
  type: 'string',
  schema: z.enum(values),
  fromText: (given) => given.trim(),
  expected: `one of ${values.join(', ')}`,
  example: values[0] ?? '',
});

/** An absolute address; no query or fragment. `protocols` as in `URL.protocol`, without the colon. */
export const url = (protocols: readonly string[], example: string): Field<string> => ({
  type: 'string',
  schema: z
    .string()
    .max(2000)
    .refine((given) => isUrl(given, protocols)),
  fromText: (given) => given.trim(),
  expected: `an address that starts with ${protocols.map((one) => `${one}://`).join(' or ')}`,
  example,
});

export const hostName = (example: string): Field<string> => ({
  type: 'string',
  schema: z
    .string()
    .max(253)
    .refine((given) => isIP(given) !== 0 || hostPattern.test(given)),
  fromText: (given) => given.trim().toLowerCase(),
  expected: 'a host name or an IP address, without scheme or port',
  example,
});
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Written as text with commas between the parts. */
export const list = (of: Field<string>, max = 100): Field<readonly string[]> => ({
  type: 'string_list',
  schema: z.array(of.schema).max(max),
  fromText: (given) =>
    given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  expected: `a list with commas, at most ${max} entries, each ${of.expected}`,
  example: of.example,
});

/** An IP address or a CIDR range; a range of everyone is refused, because it trusts whoever sends a header. */
export const network = (): Field<string> => ({
  type: 'string',
  schema: z.string().refine(isNetwork),
  fromText: same,
  expected: 'an IP address or a CIDR range, not the range of everyone',
  example: '10.0.0.0/8',
});

/** Key material: long, and not what a template or a tired hand left there. */
export const keyMaterial = (): Field<string> => ({
  type: 'string',
  schema: z.string().max(1000).refine(isKeyMaterial),
  fromText: same,
  expected: 'at least 32 random characters and no placeholder; `openssl rand -base64 32` makes one',
  example: '"$(openssl rand -base64 32)"',
});

function isUrl(given: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, search, hash } = new URL(given);
  return protocols.includes(protocol.slice(0, -1)) && hostname !== '' && search === '' && hash === '';
}

function isNetwork(given: string): boolean {
  const [address = '', prefix, ...rest] = given.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (version === 4 ? 32 : 128))
  );
}

function isKeyMaterial(given: string): boolean {
  const placeholder = /change[-_ ]?me|replace|placeholder|example|your[-_ ]|password|secret|default|0123456789|abcdefgh/i;
  return Buffer.byteLength(given) >= 32 && new Set(given).size >= 10 && !placeholder.test(given);
}

function same(given: string): string {
  return given;
}
