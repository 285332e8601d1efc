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
			// A test knows what it wrote into the JSON it reads.
			'@typescript-eslint/no-unsafe-type-assertion': 'off',
		},
	},
];

export default xoConfig;
