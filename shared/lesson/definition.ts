/**
 * A lesson's definition, `lesson.yaml`: its lab, its steps in order, what each step is checked by, how it is solved and undone. The words are
 * in `en.md` and `zh.md` beside it. `resources/lessons/README.md` tells authors; this schema is what holds.
 */
import { z } from 'zod';

const id = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'an id is made of lower case letters, digits and "-", and begins and ends with a letter or digit');
const text = z.string().min(1);
const pattern = z.string().refine((source) => {
  try {
    new RegExp(source, 'm');
    return true;
  } catch {
    return false;
  }
}, 'this is not a regular expression');
/** In both languages. */
const words = z.object({ en: text, zh: text }).strict();
/** `node-1`, or `node-1/httpd` for a pod on it; a pod alone as `pod/httpd`; `host/netA` for a namespace of `ip netns`. */
const place = text;

const podCheck = z.object({ name: text, namespace: text.default('default'), node: text.optional(), status: text.optional() }).strict();
const noPodCheck = z.object({ name: text, namespace: text.default('default') }).strict();
/** `shows`: the command line as it is named to the learner when it is missing. `status: any`: it may fail. */
const ranCheck = z.object({ command: pattern, shows: text, on: place.optional(), status: z.enum(['ok', 'any']).optional() }).strict();
const routeCheck = z.object({ on: place, destination: text, via: text.optional(), device: text.optional() }).strict();
const noRouteCheck = z.object({ on: place, destination: text }).strict();
const netnsCheck = z.object({ on: place, name: text }).strict();
const linkCheck = z
  .object({ on: place, name: text, kind: text.optional(), master: text.optional(), state: z.enum(['up', 'down']).optional(), mtu: z.int().optional() })
  .strict();
const noLinkCheck = z.object({ on: place, name: text }).strict();
const addressCheck = z.object({ on: place, device: text, address: text }).strict();
const sysctlCheck = z.object({ on: place, key: text, value: text }).strict();
const ruleCheck = z.object({ on: place, table: text, rule: pattern, shows: text.optional() }).strict();
const policyCheck = z.object({ on: place, table: text.default('filter'), chain: text, policy: text }).strict();
const neighbourCheck = z.object({ on: place, address: text, device: text.optional(), state: text.optional() }).strict();
/** `command` is run by the lab itself, now and then, out of the learner's sight. */
const printsCheck = z.object({ on: place, command: text, matches: pattern, shows: words }).strict();
const reachCheck = z.object({ from: place, to: place }).strict();
const logCheck = z.object({ pod: text, namespace: text.default('default'), matches: pattern, shows: words }).strict();
const tracedCheck = z.object({ from: place.optional(), to: place.optional(), result: z.enum(['arrived', 'failed']).optional() }).strict();
const experimentCheck = z.object({ id: text, state: z.enum(['applied', 'undone']) }).strict();
const nothing = z.object({}).strict();

const check = z
  .object({
    /** A pod of this name is there, on this node, in this status (as kubectl's STATUS column words it). */
    pod: podCheck.optional(),
    'no-pod': noPodCheck.optional(),
    /** A command line that matches ended with 0, since the step began, typed by the learner. */
    ran: ranCheck.optional(),
    route: routeCheck.optional(),
    'no-route': noRouteCheck.optional(),
    /** A namespace of `ip netns` is there; or is not. */
    netns: netnsCheck.optional(),
    'no-netns': netnsCheck.optional(),
    link: linkCheck.optional(),
    'no-link': noLinkCheck.optional(),
    address: addressCheck.optional(),
    sysctl: sysctlCheck.optional(),
    /** A rule of iptables, as iptables-save prints it. */
    rule: ruleCheck.optional(),
    'no-rule': ruleCheck.optional(),
    /** A rule that matches has counted packets since the step began. */
    counted: ruleCheck.optional(),
    policy: policyCheck.optional(),
    neighbour: neighbourCheck.optional(),
    /** What a command of the lab's own prints. */
    prints: printsCheck.optional(),
    /** An echo request is answered; or is not. */
    reaches: reachCheck.optional(),
    'cannot-reach': reachCheck.optional(),
    /** What a pod printed. */
    log: logCheck.optional(),
    /** A trace was made, since the step began. */
    traced: tracedCheck.optional(),
    experiment: experimentCheck.optional(),
    'tape-opened': nothing.optional(),
    /** Every pair answers that should, and the diagnosis finds nothing set wrong. */
    sound: nothing.optional(),
  })
  .strict()
  .refine((value) => Object.keys(value).length === 1, 'a check asks one thing: one key, such as "pod" or "ran"');

/** Checks of what happened since the step began; the others are about how things are now. */
const EVENTS: readonly string[] = ['ran', 'counted', 'traced', 'experiment', 'tape-opened'] satisfies readonly (keyof z.infer<typeof check>)[];
export const isEventKind = (kind: string): boolean => EVENTS.includes(kind);

/** Command lines by the place they run at: `node-1: kubectl get pods`. */
const commands = z.array(
  z.record(place, text).refine((one) => Object.keys(one).length === 1, 'one place and its command line are needed, such as "node-1: ip route"'),
);

const protocol = { tcp: z.int().min(1).max(65535).optional(), udp: z.int().min(1).max(65535).optional() };

const step = z
  .object({
    id,
    /** Run out of the learner's sight before the step begins: a fault to be found. */
    setup: commands.default([]),
    check: z.array(check).default([]),
    /** What "show me" types, and what proves that the step can be solved. */
    solution: commands.default([]),
    /** For what is no command: pressing Trace, an experiment, opening the recording. */
    actions: z
      .array(
        z.union([
          z.object({ trace: z.object({ from: place, to: place }).strict() }).strict(),
          z.object({ apply: text }).strict(),
          z.object({ undo: text }).strict(),
          z.object({ 'open-tape': nothing }).strict(),
        ]),
      )
      .default([]),
    /** Takes the effect away again; each check about the present must notice. `apply: …` and `undo: …` are experiments. */
    revert: commands.default([]),
    quiz: z
      .object({ answer: z.int().min(0), choices: z.int().min(2).max(8) })
      .strict()
      .optional(),
    /** A question that the lab answers: what this command prints, without what is around it, is right. */
    answer: z.object({ on: place, command: text }).strict().optional(),
    /** The learner says what each hop does with a packet; the lab sends it and knows. */
    predict: z
      .object({ from: place, to: place, ...protocol })
      .strict()
      .optional(),
    /** Hints for a state of the lab: offered while all of `when` hold and none of `unless`. Their words stand below `### Hint {#name}`. */
    hints: z.record(id, z.object({ when: z.array(check).default([]), unless: z.array(check).default([]) }).strict()).default({}),
    /** What the lab must be able to do, beside what its checks and actions ask for. */
    needs: z.array(z.enum(['kubernetes', 'trace', 'experiments', 'recording'])).default([]),
  })
  .strict();

const variable = z.union([z.object({ choose: z.array(z.union([z.string(), z.number()])).min(1) }).strict(), z.object({ from: z.int(), to: z.int() }).strict()]);

export const lessonSchema = z
  .object({
    /** The version of this format. */
    lesson: z.literal(1),
    lab: id,
    minutes: z.int().min(1).max(120),
    level: z.enum(['beginner', 'intermediate', 'advanced']),
    /** Chosen once for an attempt; `${name}` in texts, commands and checks. */
    variables: z.record(id, variable).default({}),
    /** Run out of the learner's sight before the first step. */
    setup: commands.default([]),
    chapters: z.array(z.object({ id, steps: z.array(step).min(1) }).strict()).min(1),
  })
  .strict()
  .superRefine((value, context) => {
    const seen = new Set<string>();
    for (const [chapterIndex, chapter] of value.chapters.entries()) {
      for (const [stepIndex, one] of chapter.steps.entries()) {
        const path = ['chapters', chapterIndex, 'steps', stepIndex];
        if (seen.has(one.id)) context.addIssue({ code: 'custom', path: [...path, 'id'], message: `there is another step "${one.id}": ids are used once` });
        seen.add(one.id);
        if (one.quiz && one.quiz.answer >= one.quiz.choices)
          context.addIssue({ code: 'custom', path: [...path, 'quiz', 'answer'], message: `the answer is one of 0 to ${one.quiz.choices - 1}` });
        if (one.check.length > 0 && one.solution.length === 0 && one.actions.length === 0)
          context.addIssue({ code: 'custom', path, message: `step "${one.id}" is checked and has no "solution": write what solves it` });
        if ([one.quiz, one.answer, one.predict].filter(Boolean).length > 1)
          context.addIssue({ code: 'custom', path, message: `step "${one.id}" asks more than one question: a quiz, an answer or a prediction` });
        const kinds = one.check.map((each) => Object.keys(each));
        const lasting = kinds.every((each) => each.length === 1) ? kinds.flat().find((kind) => !isEventKind(kind)) : undefined;
        if (lasting !== undefined && one.revert.length === 0)
          context.addIssue({
            code: 'custom',
            path,
            message: `step "${one.id}" has a check "${lasting}" and no "revert": write what takes its effect away again, so that the check can be seen to fail`,
          });
      }
    }
  });

export type LessonDefinition = z.infer<typeof lessonSchema>;
export type StepDefinition = LessonDefinition['chapters'][number]['steps'][number];
export type CheckDefinition = z.infer<typeof check>;
