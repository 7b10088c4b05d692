using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Admin.Access.Migrations
{
    /// <inheritdoc />
    public partial class SecondFactorAt : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "FactorAt",
                table: "AccountSessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "FactorAt",
                table: "AccountSessions");
        }
    }
}
