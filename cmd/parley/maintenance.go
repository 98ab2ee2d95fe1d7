package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  parley version",
		Args:    cobra.NoArgs,
		RunE: action(func(context.Context, []string) error {
			_, err := fmt.Fprintf(p.out, "parley %s %s %s/%s\n", versionOf(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		}),
	}
}

// completionCommand stands in the place of cobra's own, which takes a shell
// that it does not know for a call for help.
func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "fish", "powershell", "zsh"}
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script that completes commands in a shell",
		Long:  "Print the script that completes commands in a shell: " + strings.Join(shells, ", "),
		Example: `  source <(parley completion bash)
  parley completion fish | source`,
		ValidArgs: shells,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
	}
	cmd.RunE = action(func(_ context.Context, args []string) error {
		return p.printCompletion(cmd.Root(), args[0])
	})
	return cmd
}

func (p *program) printCompletion(root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(p.out, true)
	case "fish":
		return root.GenFishCompletion(p.out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(p.out)
	default:
		return root.GenZshCompletion(p.out)
	}
}

// versionOf is the version of the module that was built.
func versionOf() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
