/* umockdev's preload library (0.17) takes a process-wide mutex round every path lookup and has no fork handler: a child
   that is forked while another thread holds it hangs before exec, seen as a Chromium that never starts its network
   service. Both mutexes are exported, so they are held across fork(). */
#include <pthread.h>

extern pthread_mutex_t trap_path_lock __attribute__((weak));
extern pthread_mutex_t ioctl_lock __attribute__((weak));

static void before(void) {
    if (&trap_path_lock) pthread_mutex_lock(&trap_path_lock);
    if (&ioctl_lock) pthread_mutex_lock(&ioctl_lock);
}

static void after(void) {
    if (&ioctl_lock) pthread_mutex_unlock(&ioctl_lock);
    if (&trap_path_lock) pthread_mutex_unlock(&trap_path_lock);
}

__attribute__((constructor)) static void init(void) { pthread_atfork(before, after, after); }
