/*
 * as-desktop [-g] [-p PROCESSES] COMMAND [ARGUMENT...]
 *
 * Runs COMMAND as the desktop's user: the only way from the control user, who may read the secrets, to the user
 * whom the agent commands. It carries the file capabilities CAP_SETUID and CAP_SETGID and can become that one user
 * and nobody else. What it hands over is clean: no capability, no way to gain one, no open file beyond 0-3 (3 is the
 * supervisor's readiness pipe), and an environment of a few named variables.
 *
 * The calling process stays behind as a keeper, because the control user may not signal the desktop's processes:
 * TERM, INT and HUP go on to COMMAND; USR1 kills COMMAND's whole process group. The keeper dies with COMMAND's status
 * (128 + signal number when a signal ended it), COMMAND dies with the keeper, and its group dies with the keeper's parent.
 * With -g the group also dies with COMMAND. -p bounds the processes and threads of the desktop's user that COMMAND and
 * what it starts may add to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if !defined(CONTROL_ID) || !defined(DESKTOP_ID)
#error "compile with -DCONTROL_ID=... -DDESKTOP_ID=... from users.conf"
#endif

static const char *const handed_over[] = {"DISPLAY", "XAUTHORITY", "LANG", "TZ", "PATH", "XDG_RUNTIME_DIR"};
static const int forwarded[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

static void fail(const char *what) {
    fprintf(stderr, "as-desktop: %s: %s\n", what, strerror(errno));
    _exit(126);
}

static void drop_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capset, &header, none) != 0)
        fail("cannot drop capabilities");
}

static char *assignment(const char *name, const char *value) {
    char *text;
    if (asprintf(&text, "%s=%s", name, value) < 0)
        fail("out of memory");
    return text;
}

static const char *environment_home(void) {
    const char *home = getenv("DESKTOP_HOME");
    return home != NULL ? home : "/home/desktop";
}

static char **clean_environment(void) {
    const size_t names = sizeof handed_over / sizeof *handed_over;
    char **environment = calloc(names + 8, sizeof *environment);
    size_t count = 0;
    if (environment == NULL)
        fail("out of memory");
    for (size_t i = 0; i < names; i++) {
        const char *value = getenv(handed_over[i]);
        if (value != NULL)
            environment[count++] = assignment(handed_over[i], value);
    }
    environment[count++] = assignment("HOME", environment_home());
    environment[count++] = assignment("USER", "desktop");
    environment[count++] = assignment("LOGNAME", "desktop");
    environment[count++] = assignment("SHELL", "/bin/bash");
    environment[count++] = assignment("TERM", "xterm-256color");
    /* No session bus runs here; without this each GTK program waits for one. */
    environment[count++] = assignment("NO_AT_BRIDGE", "1");
    /* Firefox puts its child processes into a user namespace if it can create one, and changes their root directory there.
     * Some containers allow the first and refuse the second, and then every child crashes. With this variable Firefox
     * creates no namespace. Its children are still sandboxed by filters of system calls and of files. */
    environment[count++] = assignment("MOZ_ASSUME_USER_NS", "0");
    return environment;
}

static rlim_t parse_limit(const char *text) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || value == 0) {
        fprintf(stderr, "as-desktop: -p %s: give a number of processes above 0\n", text);
        _exit(2);
    }
    return value;
}

static void prefer_as_memory_victim(void) {
    /* A program with file capabilities is not dumpable, and its files in /proc are root's. By now it has given them up. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t written = write(file, "500", 3);
        (void)written; /* a kernel that refuses only loses the preference */
        close(file);
    }
}

static void become_and_run(char **command, rlim_t processes, const sigset_t *mask) {
    struct rlimit no_core = {0, 0}, bounded = {processes, processes};
    char **environment = clean_environment();

    if (setresuid(DESKTOP_ID, DESKTOP_ID, DESKTOP_ID) != 0)
        fail("cannot become the desktop user");
    drop_capabilities();
    if (setuid(CONTROL_ID) == 0 || setuid(0) == 0) {
        fputs("as-desktop: could become another user again\n", stderr);
        _exit(126);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        fail("prctl");
    if (chdir(environment_home()) != 0 && chdir("/") != 0)
        fail("cannot enter a directory");
    if (close_range(4, ~0U, 0) != 0)
        fail("cannot close the inherited files");
    if (setsid() < 0)
        fail("cannot start a session");
    prefer_as_memory_victim();
    /* Set after the change of user: the kernel judges the limit at that change, and a full house would refuse us. */
    if (setrlimit(RLIMIT_CORE, &no_core) != 0 || (processes != 0 && setrlimit(RLIMIT_NPROC, &bounded) != 0))
        fail("cannot set limits");
    umask(022);
    sigprocmask(SIG_SETMASK, mask, NULL);
    signal(SIGPIPE, SIG_DFL);
    execvpe(command[0], command, environment);
    fail(command[0]);
}

static int keep(pid_t child, int group_dies_too, const sigset_t *watched) {
    for (;;) {
        int status, number = sigwaitinfo(watched, NULL);
        pid_t ended;
        if (number == SIGUSR1) {
            kill(-child, SIGKILL);
        } else if (number > 0 && number != SIGCHLD) {
            kill(child, number);
        }
        /* What the caller started before it became this program ends here too. */
        do
            ended = waitpid(-1, &status, WNOHANG);
        while (ended > 0 && ended != child);
        if (ended != child)
            continue;
        if (group_dies_too)
            kill(-child, SIGKILL);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
}

int main(int argc, char **argv) {
    rlim_t processes = 0;
    gid_t group = DESKTOP_ID;
    sigset_t watched, original;
    int option, group_dies_too = 0;

    while ((option = getopt(argc, argv, "+gp:")) != -1) {
        if (option == 'g')
            group_dies_too = 1;
        else if (option == 'p')
            processes = parse_limit(optarg);
        else
            return 2;
    }
    if (optind == argc) {
        fputs("usage: as-desktop [-g] [-p PROCESSES] COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    if (getuid() != CONTROL_ID) {
        fputs("as-desktop: only the control user may call this\n", stderr);
        return 126;
    }
    if (setgroups(1, &group) != 0 || setresgid(DESKTOP_ID, DESKTOP_ID, DESKTOP_ID) != 0)
        fail("cannot become the desktop group (are CAP_SETUID and CAP_SETGID granted?)");

    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++)
        sigaddset(&watched, forwarded[i]);
    sigprocmask(SIG_BLOCK, &watched, &original);

    pid_t parent = getppid();
    pid_t child = fork();
    if (child < 0)
        fail("cannot fork");
    if (child == 0)
        become_and_run(argv + optind, processes, &original);

    /* Real user control: its supervisor may signal the keeper. Effective user desktop: the keeper may signal COMMAND. */
    if (setresuid(CONTROL_ID, DESKTOP_ID, DESKTOP_ID) != 0)
        fail("cannot become the keeper");
    drop_capabilities();
    prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
    if (getppid() != parent)
        kill(-child, SIGKILL);
    return keep(child, group_dies_too, &watched);
}
