import { isSchema, resolvePointer, type Schema, schemaRefused } from './schema-parts.ts';

/**
 * Refuses a schema under which one text could be read in ever more ways at once. The native code follows all readings
 * and can't be interrupted, so each level of a union that contains itself could double its work. A union is harmless when
 * its alternatives can be told apart where they begin (their type, their first property, a constant in it) or when none of
 * those that can't contains the union again.
 */
export function checkReadings(root: unknown): void {
  const closed = new Map<string, number>();
  const open: string[] = [];

  interface Found {
    readings: number;
    /** References that are being looked into and were met again inside. */
    again: Set<string>;
  }
  const none: Found = { readings: 1, again: new Set() };

  function visit(schema: unknown, pointer: string): Found {
    if (!isSchema(schema)) return none;
    if (typeof schema.$ref === 'string') return visitReference(schema.$ref, pointer);
    const found = most(childrenOf(schema).map(([key, child]) => visit(child, `${pointer}/${key}`)));
    const unions = [schema.anyOf, schema.oneOf].filter(Array.isArray);
    return most([found, ...unions.map((options) => visitUnion(options, pointer))]);
  }

  function visitUnion(options: unknown[], pointer: string): Found {
    const found = options.map((option, index) => visit(option, `${pointer}/${index}`));
    const alike = found.filter((_, index) =>
      options.some((other, place) => place !== index && !distinct(options[index], other, root)),
    );
    if (alike.some(({ again }) => again.size > 0)) {
      throw schemaRefused(
        pointer,
        'has alternatives that contain themselves and begin alike (a first property with a constant of its own tells them apart)',
      );
    }
    const together = alike.reduce((sum, { readings }) => sum + readings, 0);
    const all = most([...found, { readings: together, again: new Set() }]);
    if (all.readings > readingsAtMost) throw schemaRefused(pointer, `can be read in more than ${readingsAtMost} ways`);
    return all;
  }

  function visitReference(target: string, pointer: string): Found {
    const readings = closed.get(target);
    if (readings !== undefined) return { readings, again: new Set() };
    if (open.includes(target)) return { readings: 1, again: new Set([target]) };
    open.push(target);
    const found = visit(resolvePointer(root, target), pointer);
    open.pop();
    found.again.delete(target);
    if (found.again.size === 0) closed.set(target, found.readings);
    return found;
  }

  visit(root, '#');
}

const readingsAtMost = 256;

function most(found: readonly { readings: number; again: Set<string> }[]): { readings: number; again: Set<string> } {
  return {
    readings: Math.max(1, ...found.map(({ readings }) => readings)),
    again: new Set(found.flatMap(({ again }) => [...again])),
  };
}

function childrenOf(schema: Schema): [string, unknown][] {
  const named = isSchema(schema.properties)
    ? Object.entries(schema.properties).map(([name, child]): [string, unknown] => [`properties/${name}`, child])
    : [];
  const listed = ['prefixItems', 'allOf'].flatMap((keyword) => {
    const list = schema[keyword];
    return Array.isArray(list) ? list.map((child, index): [string, unknown] => [`${keyword}/${index}`, child]) : [];
  });
  return [...named, ...listed, ['items', schema.items], ['additionalProperties', schema.additionalProperties]];
}

/** Whether the first characters of a value tell which of two schemas it is of. */
function distinct(a: unknown, b: unknown, root: unknown): boolean {
  const [first, second] = [followed(a, root), followed(b, root)];
  const shared = [...kindsOf(first)].filter((kind) => kindsOf(second).has(kind));
  if (shared.length === 0) return true;
  if (shared.length > 1 || shared[0] !== 'object') return false;
  const [one, other] = [beginnings(first), beginnings(second)];
  if (!one || !other) return false;
  const same = one.find(({ name }) => other.some((each) => each.name === name));
  if (!same) return true;
  if (one.length > 1 || other.length > 1) return false;
  const [left, right] = [constantsOf(same.schema), constantsOf(other[0]?.schema)];
  return left !== undefined && right !== undefined && left.every((value) => !right.includes(value));
}

function followed(schema: unknown, root: unknown): unknown {
  let value = schema;
  for (let step = 0; step < 16 && isSchema(value) && typeof value.$ref === 'string'; step += 1)
    value = resolvePointer(root, value.$ref);
  return value;
}

const allKinds = new Set(['object', 'array', 'string', 'number', 'boolean', 'null']);

function kindsOf(schema: unknown): ReadonlySet<string> {
  if (!isSchema(schema)) return allKinds;
  const constants = constantsOf(schema);
  if (constants) return new Set(constants.map((text) => kindOf(JSON.parse(text))));
  const types = [schema.type].flat().filter((type) => typeof type === 'string');
  if (types.length > 0)
    return new Set([
      ...types.map((type) => (type === 'integer' ? 'number' : type)),
      ...(schema.nullable === true ? ['null'] : []),
    ]);
  if ('properties' in schema) return new Set(['object']);
  return 'items' in schema || 'prefixItems' in schema ? new Set(['array']) : allKinds;
}

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** The properties an object can begin with; undefined when it can be empty or is a map. */
function beginnings(schema: unknown): { name: string; schema: unknown }[] | undefined {
  if (!isSchema(schema) || !isSchema(schema.properties) || !Array.isArray(schema.required)) return undefined;
  const found: { name: string; schema: unknown }[] = [];
  for (const [name, property] of Object.entries(schema.properties)) {
    found.push({ name, schema: property });
    if (schema.required.includes(name)) return found;
  }
  return undefined;
}

/** As JSON text; undefined when the schema is not a list of constants. */
function constantsOf(schema: unknown): string[] | undefined {
  if (!isSchema(schema)) return undefined;
  if ('const' in schema) return [JSON.stringify(schema.const)];
  return Array.isArray(schema.enum) ? schema.enum.map((value) => JSON.stringify(value)) : undefined;
}
