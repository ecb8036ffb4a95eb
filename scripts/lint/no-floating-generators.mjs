/**
 * A generator that is called but never iterated does nothing: `p.write(1, text);` without `yield*` is a process that silently skips a
 * system call. This rule finds a statement, or a callback whose result is thrown away, whose value is a generator.
 */
import { ESLintUtils } from '@typescript-eslint/utils';
import ts from 'typescript';

const GENERATORS = new Set(['Generator', 'AsyncGenerator', 'IterableIterator', 'IteratorObject']);

/** @param {ts.Type} type @returns {boolean} whether a value of it may be a generator */
function isGenerator(type) {
  if (type.isUnion()) return type.types.some(isGenerator);
  return GENERATORS.has((type.aliasSymbol ?? type.symbol)?.name) || GENERATORS.has(type.symbol?.name);
}

export default ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: { floating: 'This generator never runs: put `yield*` before the call.' },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();
    return {
      ExpressionStatement(node) {
        if (node.expression.type === 'AssignmentExpression') return; // kept
        if (isGenerator(services.getTypeAtLocation(node.expression))) context.report({ node, messageId: 'floating' });
      },
      ArrowFunctionExpression(node) {
        if (node.body.type === 'BlockStatement' || !isGenerator(services.getTypeAtLocation(node.body))) return;
        const expected = checker.getContextualType(/** @type {ts.Expression} */ (services.esTreeNodeToTSNodeMap.get(node)));
        const results = expected?.getCallSignatures().map((signature) => signature.getReturnType()) ?? [];
        if (results.some((result) => result.flags & ts.TypeFlags.Void)) context.report({ node, messageId: 'floating' });
      },
    };
  },
});
