using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Admin.Access.Migrations
{
    /// <inheritdoc />
    public partial class TeamChat : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Chat",
                table: "AccountTeams",
                type: "TEXT",
                maxLength: 20,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Chat",
                table: "AccountTeams");
        }
    }
}
