// Runs the script of a workflow step against a made-up GitHub, in a file that the play keeps: reads what to do from
// standard input, refuses a call that the job's token may not make, and fails on a call that it does not know.
'use strict'
const fs = require('fs')
const { execFileSync } = require('child_process')

const given = JSON.parse(fs.readFileSync(0, 'utf8'))
const world = JSON.parse(fs.readFileSync(given.world, 'utf8'))
const outputs = {}
const BOT = { login: 'github-actions[bot]', type: 'Bot' }
const LEVELS = { read: 1, write: 2 }

function refuse(status, message) {
  throw Object.assign(new Error(message), { status })
}
function may(what, level) {
  return (LEVELS[given.permissions[what]] ?? 0) >= LEVELS[level]
}
function need(what, level) {
  if (!may(what, level)) refuse(403, `Resource not accessible by integration: needs ${what}: ${level}`)
}
function needFor(number, level) {
  need(world.pulls.some((one) => one.number === number) ? 'pull-requests' : 'issues', level)
}
function here({ owner, repo }) {
  if (`${owner}/${repo}` !== given.repository) refuse(404, `no repository ${owner}/${repo}`)
}
function issue(number) {
  return world.issues.find((one) => one.number === number) ?? refuse(404, `no issue ${number}`)
}
function short(body) {
  if (typeof body !== 'string' || body.length === 0 || body.length > 65536) refuse(422, 'a body has 1 to 65,536 characters')
}
function git(...words) {
  return execFileSync('git', ['-C', given.hub, ...words], { encoding: 'utf8' })
}

const rest = {
  pulls: {
    list(asked) {
      need('pull-requests', 'read')
      return world.pulls.filter((one) =>
        one.state === asked.state && one.base.ref === asked.base &&
        `${one.head.repo.owner.login}:${one.head.ref}` === asked.head)
    },
  },
  issues: {
    listForRepo(asked) {
      need('issues', 'read')
      return world.issues.filter((one) => one.state === asked.state && one.labels.some((label) => label.name === asked.labels))
    },
    listComments(asked) {
      needFor(asked.issue_number, 'read')
      return world.comments.filter((one) => one.issue === asked.issue_number)
    },
    createComment(asked) {
      needFor(asked.issue_number, 'write')
      short(asked.body)
      world.comments.push({ id: world.comments.length + 1, issue: asked.issue_number, user: BOT, body: asked.body })
    },
    updateComment(asked) {
      const comment = world.comments.find((one) => one.id === asked.comment_id) ?? refuse(404, 'no such comment')
      needFor(comment.issue, 'write')
      short(asked.body)
      comment.body = asked.body
      comment.edits = (comment.edits ?? 0) + 1
    },
    create(asked) {
      need('issues', 'write')
      short(asked.body)
      const number = world.next++
      const labels = asked.labels.map((name) => ({ name }))
      world.issues.push({ number, state: 'open', user: BOT, title: asked.title, body: asked.body, labels })
    },
    update(asked) {
      need('issues', 'write')
      const { owner, repo, issue_number, ...fields } = asked
      if ('body' in fields) short(fields.body)
      Object.assign(issue(issue_number), fields)
    },
  },
  repos: {
    compareCommitsWithBasehead(asked) {
      need('contents', 'read')
      const [base, head] = asked.basehead.split('...')
      if (!git('branch', '--list', head).trim()) refuse(404, 'Not Found')
      const lines = git('log', '--format=%ce', `${base}..${head}`).split('\n').filter(Boolean)
      return { commits: lines.map((email) => ({ commit: { committer: { email } } })) }
    },
  },
}

// Every call answers later, as the real ones do, with its data in an envelope; a call that is not here has no name.
function called(name, answer) {
  return async (asked) => {
    here(asked)
    world.calls.push(name)
    return { data: answer(asked) }
  }
}
function known(name, things) {
  return new Proxy(things, {
    get(target, key) {
      if (!(key in target)) throw new Error(`the play knows no github.${name}.${String(key)}`)
      const found = target[key]
      return typeof found === 'function' ? called(`${name}.${key}`, found) : known(`${name}.${key}`, found)
    },
  })
}

const github = {
  rest: known('rest', rest),
  async paginate(call, asked) {
    if (asked.per_page !== 100) throw new Error('ask for 100 a page')
    return (await call(asked)).data
  },
}
const core = {
  setOutput: (name, value) => { outputs[name] = typeof value === 'string' ? value : JSON.stringify(value) },
  info: (text) => console.error(text),
  warning: (text) => console.error(text),
  setFailed: (text) => { throw new Error(text) },
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
new AsyncFunction('github', 'context', 'core', 'require', given.script)(github, given.context, core, require)
  .then(() => {
    fs.writeFileSync(given.world, JSON.stringify(world))
    process.stdout.write(JSON.stringify(outputs))
  })
  .catch((error) => {
    console.error(error.stack)
    process.exit(1)
  })
