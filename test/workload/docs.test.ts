import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { documents } from '../../constructs/workload/docs.js';
import { workloadJsonSchema } from '../../constructs/workload/schema.js';
import { CASES } from './load.cases.js';
import { edited, SANDBOX, SHIPPED } from './edits.js';

test.each(Object.entries(documents()))('%s is up to date: npm run docs', (path, text) => {
  expect(readFileSync(path, 'utf8')).toBe(text);
});

describe('JSON Schema', () => {
  const validate = new Ajv({ allErrors: true }).compile(workloadJsonSchema());

  test('accepts the shipped file and its sandbox variant', () => {
    for (const text of [SHIPPED, SANDBOX]) {
      validate(parse(text));
      expect(validate.errors).toBeNull();
    }
  });

  // What the form decides alone; ranges, dates and cross-checks are the loader's.
  test.each(['version', 'missing key', 'misspelt key', 'name too long', 'environment', 'account as number', 'unknown tool', 'retention too short', 'flow port', 'flow name', 'debug image', 'administrator is root', 'categories empty'])('refuses: %s', (name) => {
    const found = CASES.find((item) => item.name === name);
    expect(validate(parse(edited(...(found?.edits ?? []))))).toBe(false);
  });

  test('describes every key, so that editors explain it', () => {
    const undescribed: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
        for (const [key, child] of Object.entries(schema.properties)) {
          if (key !== 'tool' && !(typeof child === 'object' && child !== null && 'description' in child)) undescribed.push(`${path}.${key}`);
          walk(child, `${path}.${key}`);
        }
      }
      if ('additionalProperties' in schema) walk(schema.additionalProperties, `${path}.*`);
      if ('oneOf' in schema && Array.isArray(schema.oneOf)) for (const child of schema.oneOf) walk(child, path);
    };
    walk(workloadJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});
