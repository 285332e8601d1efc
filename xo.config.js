/** @type {import('xo').FlatXoConfig} */
const xoConfig = [
	{
		// Python packages and image definitions have their own checks; fixtures are recorded, not written.
		ignores: ['patches/**', 'images/**', 'test/fixtures/**'],
	},
	{
		rules: {
			'unicorn/filename-case': ['error', {case: 'camelCase'}],
			// `env`, `args`, `dir` are the words of the things themselves: process.env, argv.
			'unicorn/prevent-abbreviations': 'off',
			// Patterns over plain ASCII need no flag.
			'require-unicode-regexp': 'off',
			// Short lists of names read better on one line.
			'@stylistic/object-curly-newline': ['error', {multiline: true, consistent: true}],
			// A union starts on the line after its name.
			'@stylistic/operator-linebreak': ['error', 'before', {overrides: {'=': 'after'}}],
			'@stylistic/max-len': ['error', {code: 220, ignoreUrls: true, ignoreRegExpLiterals: true, ignoreTemplateLiterals: true, ignoreStrings: true}],
			// What comes from outside (Keystone's JSON, environment variables, /proc) has its own spelling.
			'@typescript-eslint/naming-convention': 'off',
			// One thing after another is what steps, retries and cleaning up need.
			'no-await-in-loop': 'off',
			// Node's own interfaces answer null: exit codes, signals.
			'@typescript-eslint/no-restricted-types': 'off',
			// `(await stat(file)).mtimeMs` reads as it is said.
			'unicorn/no-await-expression-member': 'off',
			// File modes are bits.
			'no-bitwise': 'off',
			// Everything here runs on Node.
			'n/prefer-global/buffer': 'off',
			// JSON from the machine's own programs is taken at its word; what people write goes through a schema.
			'@typescript-eslint/no-unsafe-type-assertion': 'off',
			// A default branch is an answer for the rest.
			'@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
			// Doing nothing is what some callbacks are for.
			'@typescript-eslint/no-empty-function': ['error', {allow: ['arrowFunctions', 'methods', 'asyncMethods']}],
			// Command lines are lists: words that belong together stand on one line.
			'@stylistic/array-element-newline': 'off',
			'@stylistic/curly-newline': ['error', {multiline: true, consistent: true}],
			'max-params': ['error', {max: 5}],
			// Shells, dpkg and apt have ${names} and backslashes of their own; the texts stand as they are.
			'no-template-curly-in-string': 'off',
			'unicorn/prefer-string-raw': 'off',
			// Two branches of a chain are no switch, and a statement each reads better than a long ternary.
			'unicorn/prefer-switch': 'off',
			'unicorn/prefer-ternary': 'off',
			// It takes `promisify(execFile)` for a mistake.
			'@typescript-eslint/strict-void-return': 'off',
		},
	},
	{
		files: 'scripts/**',
		rules: {
			'max-lines': ['error', 300],
		},
	},
	{
		files: 'test/**',
		rules: {
			// Ava runs what the compiler made of these files.
			'ava/no-ignored-test-files': 'off',
			// A table, a property, a test around them.
			'max-nested-callbacks': 'off',
			// It does not see that an expression is a string.
			'ava/assertion-arguments': 'off',
		},
	},
];

export default xoConfig;
